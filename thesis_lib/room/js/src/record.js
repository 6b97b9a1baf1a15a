// A clip from the microphone, where the page may use one.
import { button } from "./dom.js";

export function recordButton(room) {
  let recorder = null;
  const own = button("Record", async () => {
    if (recorder) return recorder.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder = new MediaRecorder(stream);
    } catch (error) {
      return room.say(`No microphone can be used here (${error.message}).`);
    }
    const pieces = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      recorder.stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      own.textContent = "Record";
      room.upload(new File(pieces, "your recording"));
    };
    recorder.start();
    own.textContent = "Stop recording";
  }, { title: "Record a clip: what is nearest to it?" });
  return own;
}
