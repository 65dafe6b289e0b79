"""What ./dev bench makes of what it measured: syncs of a trace, the table of costs, the chart."""

import types
import xml.etree.ElementTree

import accounts
import pytest
import report
import syncs


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("71 fdatasync(9) = 0", True),
        ("fsync(9) = 0", True),
        ("71 fsync(32 <unfinished ...>", True),
        ("71 <... fsync resumed>) = 0", False),
        ("71 syncfs(3) = 0", True),
        ("71 msync(0x7f0000000000, 4096, MS_SYNC) = 0", True),
        ("71 msync(0x7f0000000000, 4096, MS_ASYNC) = 0", False),
        ('71 openat(AT_FDCWD, "/a"..., O_WRONLY|O_CREAT|O_DSYNC|O_CLOEXEC, 0666) = 8', True),
        ('71 open("/a"..., O_WRONLY|O_SYNC) = 8', True),
        ('71 openat(AT_FDCWD, "/a"..., O_WRONLY|O_CREAT, 0666) = 8', False),
        ("71 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL} ---", False),
        ("71 +++ exited with 0 +++", False),
    ],
)
def test_a_call_counts_where_it_makes_data_durable(line, counts):
    assert syncs.count(line + "\n") == counts


PUT = report.Case("Put", ("-w", "put"), "OpsPerSec")
LIST = report.Case("List", ("-w", "list"), "ListedPerSec")
SERVERS = [types.SimpleNamespace(name=name) for name in ("ours", "theirs")]


def result(operations: int, syncs_each: float | None) -> dict:
    """Half a core for two seconds."""
    found = {
        "OpsPerSec": operations / 2,
        "ListedPerSec": 7.0,
        "ServerCPU": 0.5,
        "Seconds": 2.0,
        "Ops": operations,
    }
    return found if syncs_each is None else found | {"SyncsEach": syncs_each}


def test_costs_are_those_of_each_server_for_one_operation():
    measured = [(PUT, [result(1000, 0.25), result(100, 2.0)]), (LIST, [result(10, None), None])]
    assert report.costs(SERVERS, measured).splitlines()[2:] == [
        "| Put | 1,000 | 0.250 | 10,000 | 2.000 |",
        "| List | 100,000 | – | – | – |",
    ]


def test_the_chart_has_rates_cpu_and_the_syncs_that_were_counted():
    counted = [(PUT, [result(1000, 0.25), result(100, 0.0)]), (LIST, [result(10, 1.0), None])]
    drawing = xml.etree.ElementTree.fromstring(report.chart(SERVERS, counted))
    words = [element.text for element in drawing.iter() if element.tag.endswith("text")]
    assert words[:2] == ["ours", "theirs"]
    assert [word for word in words if word.startswith("Put")] == ["Put (/s)", "Put", "Put"]
    assert {"500", "50", "1,000", "10,000", "0.25", "0"} <= set(words)
    uncounted = [(PUT, [result(1000, None), result(100, None)])]
    assert "Syncs" in report.chart(SERVERS, counted) and "Syncs" not in report.chart(SERVERS, uncounted)


def test_of_a_partial_tile_the_widest_counts(tmp_path):
    for name, length in {"0/000": 8192, "0/001.p/9": 288, "0/001.p/10": 320, "entries/000": 500}.items():
        file = tmp_path / "log/tile" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(length))
    sealing = accounts.Sealing(types.SimpleNamespace(data_dir=tmp_path), 1)
    assert sealing.log_bytes() == 8192 + 320 + 500
