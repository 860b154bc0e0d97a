"""All hazards, in the order in which they are laid on a paper, and those that no reader could tell apart together."""

from collections.abc import Callable, Iterable

from printing import figures, labels, pages, shapes
from printing.paper import Paper

Hazard = Callable[[Paper], None]
ALL: tuple[Hazard, ...] = (*figures.FIGURES, *labels.LABELS, *shapes.SHAPES, *pages.PAGES)
NAMED: dict[str, Hazard] = {hazard.__name__: hazard for hazard in ALL}

# Pairs of which one hides what the other shows: a header that is gone tells nothing of columns that moved.
CLASHES = (
    {"header_missing", "columns_swapped"}, {"header_missing", "header_shifted"}, {"header_missing", "strange_column"},
    {"header_missing", "strange_header"}, {"header_missing", "other_unit"}, {"header_missing", "numbered_rows"},
    {"header_missing", "split_number"}, {"header_missing", "remark_column"}, {"header_missing", "lost_number"},
    {"merged_figures", "unmerged_columns"}, {"lost_groups", "moved_row"}, {"row_twice", "row_missing"},
    {"row_twice", "cut_off"}, {"row_twice", "group_as_row"}, {"columns_swapped", "header_shifted"},
    {"columns_swapped", "strange_header"}, {"header_shifted", "strange_column"}, {"lost_number", "merged_figures"},
    {"lost_number", "split_number"}, {"label_alone", "merged_figures"},
)  # fmt: skip


def compatible(hazards: Iterable[str]) -> bool:
    """Whether a person could still tell what the paper says."""
    names = set(hazards)
    return not any(clash <= names for clash in CLASHES)


def lay(paper: Paper, hazards: Iterable[str]) -> Paper:
    """The paper with these hazards, in their order."""
    names = set(hazards)
    for hazard in ALL:
        if hazard.__name__ in names:
            hazard(paper)
    return paper
