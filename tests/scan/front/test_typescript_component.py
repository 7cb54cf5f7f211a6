"""Components of Vue and Svelte."""

import pytest
from tests.scan.front.shape import shape

from charter.scan import ir
from charter.scan.front import lower

VUE = """<template>
  <p v-if="a < b">{{ answer }}</p>
  <div v-html="answer"></div>
  <div v-html="render(answer)" />
</template>
<script setup lang="ts">
const answer: Ref<string> = ref("");
ask().then((é) => { answer.value = é; });
</script>
<style>p { color: red }</style>
"""
SVELTE = """<script context="module">
  import { marked } from "marked";
</script>
<script>
  let text = "";
</script>
{#if text}
  <div>{@html marked(text)}</div>
{/if}
"""


def test_the_scripts_and_the_raw_html_of_vue() -> None:
    module = lower("src/Chat.vue", VUE)
    assert (module.path, module.language, module.broken) == ("src/Chat.vue", "typescript", ())
    assert shape(module.body[0]) == (
        "Assign(targets=(answer), value=Call(func=ref, args=(Arg(value=''))), annotation=Index(base=Ref, key=string), "
        "declares=True)"
    )
    assert [(shape(statement), statement.at.line) for statement in module.body[2:]] == [
        ("Assign(targets=(Attr(base=document, name=innerHTML)), "
         "value=Text(parts=(answer Attr(base=answer, name=value))))", 3),
        ("Assign(targets=(Attr(base=document, name=innerHTML)), "
         "value=Call(func=render, args=(Arg(value=answer))))", 4),
    ]  # fmt: skip
    assert module.lines == tuple(VUE.split("\n"))


def test_places_are_those_of_the_file() -> None:
    module = lower("Chat.vue", VUE)
    names = [node for node in ir.walk(module) if isinstance(node, ir.Name)]
    assert {module.lines[name.at.line - 1][name.at.column - 1 : name.at.end_column - 1] for name in names} >= {
        "answer", "ask", "render", "é",
    }  # fmt: skip


def test_svelte() -> None:
    module = lower("Chat.svelte", SVELTE)
    assert module.broken == ()
    assert [shape(statement) for statement in module.body] == [
        "Import(module=marked, names=(Alias(name=marked, local=marked)))",
        "Assign(targets=(text), value='', declares=True)",
        "Assign(targets=(Attr(base=document, name=innerHTML)), value=Call(func=marked, args=(Arg(value=text))))",
    ]
    assert [statement.at.line for statement in module.body] == [2, 5, 8]


@pytest.mark.parametrize(
    "text", ["", "<script>", "<script>f(", "<script a='>'>f()</script>", "v-html=\"\"", "{@html }", "<script" * 9999,
             "<div v-html=\"a b\"/>", "</script><script lang=ts>let a: b", "{@html (}",
             "\0\ud800<script>\ud800</script>"],
)  # fmt: skip
def test_strange_components_make_nothing_raise(text: str) -> None:
    module = lower("a.vue", text)
    assert all(1 <= span.line <= len(module.lines) for span in module.broken)


def test_a_script_that_does_not_end_is_read() -> None:
    assert [shape(statement) for statement in lower("a.vue", "<script>\nf()").body] == ["Evaluate(value=Call(func=f))"]
