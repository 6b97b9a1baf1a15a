"""Label Studio: tasks with audio, labels as predictions and decisions as annotations.

Validated by label-studio-sdk 2.1.2: its `LabelInterface` accepts the configuration, every task,
every prediction and every annotation; the server itself was not run. See 09_listening_room.
"""

import os
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from thesis_lib.listening.decisions import BROKEN, KEEP, SILENT, WRONG
from thesis_lib.listening.exports.opinions import NONE, Opinions
from thesis_lib.listening.exports.sounds import Sounds, changed, plain
from thesis_lib.util.files import write_json

ANSWERS = (KEEP, WRONG, BROKEN, SILENT)
LOCAL = "/data/local-files/?d="  # where Label Studio serves files of its own disk
PART = "this sound"  # the stretch of a file that a task is about


def write(sounds: Sounds, folder: Path, opinions: Opinions = NONE) -> list[str]:
    """Write tasks.json and config.xml (09_listening_room).

    Parameters
    ----------
    sounds : Sounds
    folder : Path
        That is there and empty.
    opinions : Opinions
        Suspects become predictions, decisions annotations, one a reviewer.

    Returns
    -------
    list of str
        Sentences on what is to know of it.
    """
    tasks = [_task(sounds, row, opinions) for row in range(len(sounds.table))]
    write_json(folder / "tasks.json", tasks)
    (folder / "config.xml").write_text(_config(_choices(sounds, opinions)), encoding="utf-8")
    said = [*changed(sounds.table[["path", "label"]].stack()), *opinions.said]
    return [
        *said,
        "Label Studio plays the files where it is started with "
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and "
        f"LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={plain(str(sounds.root))}.",
    ]


def _task(sounds, row, opinions):
    own, shown = sounds.table.iloc[row], sounds.shown.iloc[row]
    about = {"audio": LOCAL + quote(os.fsencode(own.path)), **shown.to_dict()}
    part = _result(row, "part", "labels", [PART], _span(own))
    predictions = []
    if shown.label:
        predictions.append(_opinion([part, _label(row, shown.label)], model_version="the corpus"))
    if row in opinions.suspects:
        label, score = opinions.suspects[row]
        found = [part, _label(row, plain(label))]
        predictions.append(_opinion(found, model_version="the audit", score=score))
    annotations = [
        _opinion([part, *_decision(row, shown.label, one)], created_at=one["when"])
        for one in opinions.decided.get(row, [])
    ]
    task = {"id": row + 1, "data": about, "predictions": predictions}
    return task | {"annotations": annotations}


def _opinion(results, **more):
    return {"result": results} | more


def _decision(row, label, decision):
    """What a reviewer said: the answer, the label that is then right, how it is broken, and who."""
    answer, detail = decision["answer"], plain(decision["detail"])
    found = [_result(row, "answer", "choices", [answer])]
    right = {KEEP: label, WRONG: detail}.get(answer)
    if right:
        found.append(_label(row, right))
    remarks = {"detail": detail if answer == BROKEN else "", "who": plain(decision["who"])}
    for name, text in remarks.items():
        if text:
            found.append(_result(row, name, "textarea", [text], field="text"))
    return found


def _label(row, label):
    return _result(row, "label", "choices", [label])


def _result(row, name, kind, values, more=None, field=""):
    """One result: what a control of the configuration holds."""
    value = {field or kind: values} | (more or {})
    about = {"from_name": name, "to_name": "audio", "type": kind, "value": value}
    return {"id": f"{row + 1}_{name}"} | about


def _span(own):
    return {"start": float(own.start), "end": float(own.start + own.duration), "channel": 0}


def _choices(sounds, opinions):
    """Every label that a task may carry, sorted."""
    found = {*sounds.shown.label, *(plain(label) for label, _ in opinions.suspects.values())}
    decided = [one for own in opinions.decided.values() for one in own]
    found |= {plain(one["detail"]) for one in decided if one["answer"] == WRONG}
    return sorted(found - {""})


def _config(labels):
    """The labelling configuration; what stands in an attribute is escaped."""
    view = ElementTree.Element("View")

    def add(tag, inside=view, **attributes):
        return ElementTree.SubElement(inside, tag, attributes)

    add("Header", value="$name")
    add("Audio", name="audio", value="$audio")
    add("Label", add("Labels", name="part", toName="audio"), value=PART)
    for name, values in (("label", labels), ("answer", ANSWERS)):
        if values:
            choices = add("Choices", name=name, toName="audio", choice="single")
            for value in values:
                add("Choice", choices, value=value)
    for name, hint in (("detail", "how it is broken"), ("who", "who decided")):
        add("TextArea", name=name, toName="audio", placeholder=hint, maxSubmissions="1")
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"
