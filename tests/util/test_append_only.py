"""A table that only grows: what it holds after a kill, and what it says where it cannot grow."""

import os
import signal
import subprocess
import sys

import pytest

from thesis_lib.util import append_only
from thesis_lib.util.errors import InputError

COLUMNS = ["when", "name", "n"]


def test_what_was_written_before_a_kill_is_on_the_disk_and_it_goes_on(tmp_path):
    code = (
        "import sys\nfrom thesis_lib.util import append_only\nn = 0\nwhile True:\n"
        "    row = {'name': 'a,b\\n', 'n': n}\n"
        "    append_only.append(sys.argv[1], ['when', 'name', 'n'], row, 'line')\n"
        "    n += 1\n    print(n, flush=True)"
    )
    path = tmp_path / "x.csv"
    process = subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True
    )
    said = [process.stdout.readline() for _ in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    rest = process.communicate()[0].split()
    told = int(rest[-1] if rest else said[-1])
    found = append_only.lines(path, COLUMNS, "line")
    assert len(found) >= told >= 20
    assert [row["n"] for row in found] == [str(n) for n in range(len(found))]
    assert found[0]["name"] == "a,b\n" and found[0]["when"] <= found[-1]["when"]
    append_only.append(path, COLUMNS, {"name": "c", "n": -1}, "line")
    assert append_only.lines(path, COLUMNS, "line")[-1]["n"] == "-1"


def test_a_line_that_is_cut_off_is_none_and_the_next_is_whole(tmp_path):
    path = tmp_path / "x.csv"
    for n in range(3):
        append_only.append(path, COLUMNS, {"name": "a", "n": n}, "line")
    content = path.read_bytes()
    for kept in range(len(content) - 1, content.index(b"a,2"), -1):
        path.write_bytes(content[:kept])
        append_only.append(path, COLUMNS, {"name": "a", "n": 3}, "line")
        found = [row["n"] for row in append_only.lines(path, COLUMNS, "line")]
        assert [n for n in found if n] in (["0", "1", "3"], ["0", "1", "2", "3"])


def test_where_it_cannot_be_written_or_read_it_says_so(tmp_path):
    with pytest.raises(InputError, match="the answer is not kept"):
        append_only.append(tmp_path, COLUMNS, {}, "answer")
    with pytest.raises(InputError, match="cannot be read"):
        append_only.lines(tmp_path, COLUMNS, "answer")
    (tmp_path / "x.csv").write_text("other,columns\n")
    with pytest.raises(InputError, match="no list of answers: its first line is not when,name,n"):
        append_only.lines(tmp_path / "x.csv", COLUMNS, "answer")
