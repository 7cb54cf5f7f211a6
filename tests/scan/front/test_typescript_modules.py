"""What a file of JavaScript or TypeScript imports and exports."""

import pytest
from tests.scan.front.shape import shape

from charter.scan import ir
from charter.scan.front.typescript import lower_typescript


def modules(text: str, path: str = "a.ts") -> list[str]:
    """The imports and exports of a text, those within functions too."""
    module = lower_typescript(path, text)
    assert module.broken == ()
    return [shape(node) for node in ir.walk(module.body) if isinstance(node, ir.Import | ir.Export)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a from 'm'", ["Import(module=m, names=(Alias(name=default, local=a)))"]),
        ("import * as a from 'm'", ["Import(module=m, local=a)"]),
        ("import 'm'", ["Import(module=m)"]),
        ("import a, {b as c, default as d} from 'm'",
         ["Import(module=m, names=(Alias(name=default, local=a) Alias(name=b, local=c) "
          "Alias(name=default, local=d)))"]),
        ("import a, * as b from 'm'",
         ["Import(module=m, names=(Alias(name=default, local=a)))", "Import(module=m, local=b)"]),
        ("import type {A} from 'm'", ["Import(module=m, names=(Alias(name=A, local=A)))"]),
        ("import {type A, b} from 'm'",
         ["Import(module=m, names=(Alias(name=A, local=A) Alias(name=b, local=b)))"]),
        ("import {} from 'm'", ["Import(module=m)"]),
        ("import a = require('m')", ["Import(module=m, local=a)"]),
        ("const a = require('m')", ["Import(module=m, local=a)"]),
        ("const {a, b: c} = require('m')", ["Import(module=m, names=(Alias(name=a, local=a) Alias(name=b, local=c)))"]),
        ("async () => { const {a} = await import('m') }", ["Import(module=m, names=(Alias(name=a, local=a)))"]),
        ("const a = await import('m') as B", ["Import(module=m, local=a)"]),
        ("import json from './a.json' with {type: 'json'}",
         ["Import(module=./a.json, names=(Alias(name=default, local=json)))"]),
        ("const a = require(name)", []),
    ],
)  # fmt: skip
def test_imports(text: str, expected: list[str]) -> None:
    assert modules(text) == expected


def test_a_module_required_within_an_expression_is_imported_under_a_name_of_its_own() -> None:
    module = lower_typescript("a.js", "require('dotenv').config(); const {a = 1} = require('m')")
    names = [(node.module, node.local) for node in module.body if isinstance(node, ir.Import)]
    assert names == [("dotenv", 'require("dotenv")'), ("m", 'require("m")')]
    used = {node.id for node in ir.walk(module.body) if isinstance(node, ir.Name)}
    assert {local for _, local in names} <= used


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export const a = 1, {b: c} = d", ["Export(names=(Alias(name=a, local=a) Alias(name=c, local=c)))"]),
        ("export class A {}", ["Export(names=(Alias(name=A, local=A)))"]),
        ("export {a, b as c}", ["Export(names=(Alias(name=a, local=a) Alias(name=b, local=c)))"]),
        ("export {default as a} from 'm'", ["Export(names=(Alias(name=default, local=a)), module=m)"]),
        ("export * from 'm'", ["Export(names=(Alias(name=*, local=*)), module=m)"]),
        ("export type * from 'm'", ["Export(names=(Alias(name=*, local=*)), module=m)"]),
        ("export * as a from 'm'", ["Import(module=m, local=a)", "Export(names=(Alias(name=a, local=a)))"]),
        ("export default function a() {}", ["Export(names=(Alias(name=a, local=default)))"]),
        ("export default () => 1", ["Export(names=(Alias(name=default, local=default)))"]),
        ("export default class {}", ["Export(names=(Alias(name=default, local=default)))"]),
        ("export = a", ["Export(names=(Alias(name=module.exports, local=default)))"]),
        ("exports.a = b", ["Export(names=(Alias(name=exports.a, local=a)))"]),
        ("module.exports.a = b", ["Export(names=(Alias(name=exports.a, local=a)))"]),
        ("module.exports = exports = a", ["Export(names=(Alias(name=module.exports, local=default)))"]),
        ("module.exports = {a, b: c, d() {}}",
         ["Export(names=(Alias(name=module.exports, local=default) Alias(name=a, local=a) Alias(name=c, local=b) "
          "Alias(name=exports.d, local=d)))"]),
    ],
)  # fmt: skip
def test_exports(text: str, expected: list[str]) -> None:
    assert modules(text) == expected


@pytest.mark.parametrize("text", ["export default () => 1", "export default {a: 1}", "export default f(x)"])
def test_a_default_that_is_a_value_has_the_name_default(text: str) -> None:
    assigned = lower_typescript("a.ts", text).body[0]
    assert isinstance(assigned, ir.Assign)
    assert shape(assigned.targets) == "(default)"


def test_what_commonjs_passes_on() -> None:
    assert modules("module.exports = require('./b')", "a.js") == [
        'Import(module=./b, local=require("./b"))',
        "Export(names=(Alias(name=*, local=*) Alias(name=default, local=default)), module=./b)",
    ]
    assert "Export(names=(Alias(name=*, local=*)), module=./b)" in modules(
        "module.exports = {...require('./b'), a}", "a.js"
    )
