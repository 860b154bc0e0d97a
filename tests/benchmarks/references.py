"""What a programmer would write by hand for one form: the same sums, bounds and domain tests, without explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

GROUP = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
GROUPS = {
    "不予公开": ("国家秘密", "法律法规禁止", "三安全一稳定", "第三方权益", "内部事务信息", "过程性信息", "行政执法案卷",
                 "行政查询事项"),
    "无法提供": ("不掌握", "另行制作", "补正不明确"),
    "不予处理": ("信访举报投诉", "重复申请", "公开出版物", "反复申请", "确认或重出"),
    "其他处理": ("逾期不补正", "逾期不缴费", "其他"),
}  # fmt: skip
OUTCOMES = (("予以公开",), ("部分公开",), *((group, name) for group, names in GROUPS.items() for name in names))
KINDS = ("结果维持", "结果纠正", "其他结果", "尚未审结")
DISPUTES = (("行政复议",), ("行政诉讼", "未经复议直接起诉"), ("行政诉讼", "复议后起诉"))
DECISIONS = (
    ("行政许可", "处理决定"),
    ("行政处罚", "处理决定"),
    ("行政强制", "处理决定"),
    ("行政事业性收费", "收费金额"),
)

FIRST, WIDTH = 10, 7


def loop_over_vector(values: Sequence[int]) -> list[tuple[str, int]]:
    """The checks over a flat list of 200 whole numbers: 200 domains, 42 sums, 2 bounds; what is broken."""
    broken = [("domain", at) for at, value in enumerate(values) if not isinstance(value, int) or value < 0]
    for at in (0, 3):
        if values[at] > values[at + 2] + values[at + 1]:
            broken.append(("bound", at))
    rows = [values[at : at + WIDTH] for at in range(FIRST, FIRST + 25 * WIDTH, WIDTH)]
    for number, row in enumerate(rows):
        if sum(row[:-1]) != row[-1]:
            broken.append(("row", number))
    new, carried, *outcomes, total, left = rows
    for column in range(WIDTH):
        if new[column] + carried[column] != total[column] + left[column]:
            broken.append(("balance", column))
        if sum(row[column] for row in outcomes) != total[column]:
            broken.append(("outcomes", column))
    for at in range(FIRST + 25 * WIDTH, 200, 5):
        if sum(values[at : at + 4]) != values[at + 4]:
            broken.append(("dispute", at))
    return broken


def loop_over_names(tables: Mapping[str, Any]) -> list[tuple[str, object]]:
    """The same checks over nested dictionaries under the names of the rule file."""
    broken: list[tuple[str, object]] = []

    def test(where: object, values: Sequence[Any]) -> None:
        for value in values:
            if not isinstance(value, (int, float)) or value < 0:
                broken.append(("domain", where))

    def applicants(row: Mapping[str, Any], where: object) -> list[int]:
        group = row["法人或其他组织"]
        values = [row["自然人"], *[group[name] for name in GROUP], row["总计"]]
        test(where, values)
        if sum(values[:-1]) != values[-1]:
            broken.append(("row", where))
        return values

    published = tables["主动公开"]
    for name in ("规章", "规范性文件"):
        row = published[name]
        test(name, [row["制发"], row["废止"], row["现行有效"]])
        if row["制发"] > row["现行有效"] + row["废止"]:
            broken.append(("bound", name))
    for name, column in DECISIONS:
        test(name, [published[name][column]])

    requests = tables["申请"]
    results = requests["办理结果"]
    new, carried = applicants(requests["新收"], "新收"), applicants(requests["上年结转"], "上年结转")
    total, left = applicants(results["总计"], "总计"), applicants(requests["结转下年"], "结转下年")
    outcomes = []
    for path in OUTCOMES:
        outcome = results
        for name in path:
            outcome = outcome[name]
        outcomes.append(applicants(outcome, path))
    for at in range(WIDTH):
        if new[at] + carried[at] != total[at] + left[at]:
            broken.append(("balance", at))
        if sum(row[at] for row in outcomes) != total[at]:
            broken.append(("outcomes", at))

    disputes = tables["复议诉讼"]
    for path in DISPUTES:
        dispute = disputes
        for name in path:
            dispute = dispute[name]
        values = [dispute[kind] for kind in KINDS]
        test(path, [*values, dispute["总计"]])
        if sum(values) != dispute["总计"]:
            broken.append(("dispute", path))
    return broken
