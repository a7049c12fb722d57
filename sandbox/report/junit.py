"""The verdict as `junit.xml`, for build servers.

Law: a test case for each expectation and for each metric compared. When the run is not valid every case is an error, because
neither success nor failure is known; a run with nothing to judge has one case, so that an empty file is never a success, and one that
failed otherwise (a replication, a gate) has one that says so.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from .shape import Summary
from .summary import number

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def junit(summary: Summary) -> str:
    """The whole file, as text."""
    known = summary["verdict"] in ("pass", "fail")
    cases = [*_expectations(summary), *_sides(summary)]
    unseen = summary["verdict"] == "fail" and not any(case.find("failure") is not None for case in cases)
    if unseen or not cases:
        cases.append(_case("run", "the run", "; ".join(summary["reasons"]) if unseen else ""))
    if not known:
        cases = [_unknown(case, summary) for case in cases]
    suite = ET.Element("testsuite", name=_clean(summary["scenario"]), tests=str(len(cases)))
    for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _expectations(summary: Summary) -> list[ET.Element]:
    return [
        _case(
            f"expectation.{row['world']}",
            f"{row['name']} {row['expected']}",
            "" if row["holds"] else f"actual: {number(row['actual'])}" if row["actual"] is not None else "no samples",
        )
        for row in summary["expectations"]
    ]


def _sides(summary: Summary) -> list[ET.Element]:
    cases = []
    for row in summary["agreement"]:
        apart = f"sim {number(row['sim'])}, live {number(row['live'])}, allowed: {row['allowed']}"
        case = _case("agreement", row["metric"], "" if row["within"] else apart)
        if row["tolerance"] is None:
            ET.SubElement(case, "skipped", message=_clean(f"not compared: {row['because']}"))
        cases.append(case)
    return cases


def _case(group: str, name: str, failure: str) -> ET.Element:
    case = ET.Element("testcase", classname=group, name=_clean(name))
    if failure:
        ET.SubElement(case, "failure", message=_clean(failure))
    return case


def _unknown(case: ET.Element, summary: Summary) -> ET.Element:
    for outcome in list(case):
        case.remove(outcome)
    ET.SubElement(case, "error", message=_clean(f"{summary['verdict']}: {'; '.join(summary['reasons'])}"))
    return case


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("?", text)
