// Numbers out of the binary that the traits hold, and text that only has a page without a kernel.

/** The bytes of a DataView, an ArrayBuffer, a typed array, or base64 text: Uint8Array. */
export function bytes(value) {
  if (typeof value === "string") {
    const text = atob(value);
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

// A copy: a view may begin anywhere, and numbers of 4 bytes cannot.
const numbers = (Kind) => (value) => new Kind(bytes(value).slice().buffer);

export const floats = numbers(Float32Array);
export const codes = numbers(Uint32Array);
export const integers = numbers(Int32Array);
