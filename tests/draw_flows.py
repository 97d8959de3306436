"""Draws docs/flow.md from the declarations: `python -m tests.draw_flows` writes it, a test compares.

The text around the drawings stands in docs/flow.md itself; what is between two marks is replaced.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from core.businesses import BUSINESSES
from core.case import ALLOWED, APPROVED_AS, LEADS_TO, STATE_TITLES, Action, State
from core.flow import Business

PAGE = Path(__file__).resolve().parents[1] / "docs" / "flow.md"
_MARKED = re.compile(r"(<!-- drawn: (?P<name>[a-z_]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def business_picture(business: Business) -> str:
    """The steps of a business by phase, in Mermaid; steps that apply to some cases only are drawn round."""
    lines = ["```mermaid", "flowchart TD"]
    for number, phase in enumerate(dict.fromkeys(step.phase for step in business.steps)):
        lines.append(f'    subgraph p{number}["{phase}"]')
        for step in business.steps:
            if step.phase == phase:
                some = step.applies.__name__ != "always"
                lines.append(f"        {step.key}(({step.title}))" if some else f'        {step.key}["{step.title}"]')
        lines.append("    end")
    keys = [step.key for step in business.steps]
    lines += [f"    {first} --> {second}" for first, second in itertools.pairwise(keys)]
    lines += [f'    {keys[-1]} --> submit(["提交"])', "```"]
    return "\n".join(lines)


def states_picture() -> str:
    """Where actions lead, in Mermaid; the ends that any open state may come to are left to the table."""
    ends = {State.ABANDONED, State.EXPIRED, State.TERMINATED}
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> filling"]
    lines += [f"    {state}: {title}" for state, title in STATE_TITLES.items() if state not in ends]
    for (state, action), target in LEADS_TO.items():
        if target not in ends:
            lines.append(f"    {state} --> {target}: {action}")
    for target in dict.fromkeys(APPROVED_AS.values()):
        lines.append(f"    {State.IN_REVIEW} --> {target}: {Action.APPROVE}")
    return "\n".join([*lines, "```"])


def states_table() -> str:
    """State, its Chinese name, and each allowed action with where it leads."""
    rows = ["| State | In Chinese | What may be done |", "|---|---|---|"]
    for state in State:
        allowed = [_action(state, action) for action in Action if action in ALLOWED[state]]
        rows.append(f"| `{state}` | {STATE_TITLES[state]} | {', '.join(allowed) or '—'} |")
    return "\n".join(rows)


def _action(state: State, action: Action) -> str:
    if action is Action.APPROVE:
        titles = dict.fromkeys(STATE_TITLES[target] for target in APPROVED_AS.values())
        return f"{action} → {', '.join(titles)} (by the ending of the business)"
    target = LEADS_TO.get((state, action))
    return f"{action} → {STATE_TITLES[target]}" if target else str(action)


def drawings() -> dict[str, str]:
    """Everything that is drawn, by the name of its mark."""
    pictures = {key: business_picture(business) for key, business in BUSINESSES.items()}
    return {**pictures, "states": states_picture(), "actions": states_table()}


def redrawn(text: str) -> str:
    """The page with every drawing made anew; KeyError for a mark that nothing is drawn for."""
    made = drawings()
    return _MARKED.sub(lambda found: f"{found[1]}{made[found['name']]}\n{found[3]}", text)


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text("utf-8")), "utf-8")
