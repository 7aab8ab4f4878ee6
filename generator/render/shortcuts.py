"""Jinja2 made quick where pages are many: the code that it writes for a template, and what that code calls.

Jinja2 asks at each call how the function wants to be called, makes each text a Markup before it joins them, and hands
pieces up from block to page one by one. For 10,000 releases that was two fifths of the time of rendering. Here a
template's code goes the short way where the short way comes to the same: what comes out is equal to the byte, errors
name the same file and line.
"""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, cast

import jinja2  # noqa: TID251 - this is the room for it
from jinja2 import nodes  # noqa: TID251 - as above
from jinja2.compiler import CodeGenerator, Frame, MacroRef  # noqa: TID251 - as above
from jinja2.runtime import BlockReference, Context, Macro  # noqa: TID251 - as above
from jinja2.utils import missing  # noqa: TID251 - as above
from markupsafe import Markup, escape

try:
    # What `escape` calls; a Markup is wanted only where the text is kept, and costs four times as much.
    from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined] # its own, and as in the next line
except ImportError:  # pragma: no cover - another release of MarkupSafe may call it something else
    escape_text = escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping, Sequence
    from types import CodeType

_PLAIN = frozenset({FunctionType, BuiltinFunctionType, MethodType})


def shown(value: object) -> str:
    """Return ``value`` as it stands in a page that escapes: markup as it is, all else escaped."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value] # a Markup is a str; a cast costs a call, 80 times a page
    return escape_text(value) if kind is str else escape(value)  # type: ignore[arg-type] # as above


class QuickMacro(Macro):
    """Jinja2's, with a short way for arguments that are given in their order."""

    def __init__(
        self,
        environment: jinja2.Environment,
        func: Callable[..., str],
        name: str,
        arguments: Sequence[str],
        *more: bool,
    ) -> None:
        super().__init__(environment, func, name, list(arguments), *more)
        self.quick = func
        self.room = -1 if self.catch_kwargs or self.catch_varargs or self.caller else len(arguments)
        """How many arguments the short way takes."""
        if self.room > 0:
            # Jinja2's code for a macro puts its own defaults in the place of what is `missing`.
            cast("FunctionType", func).__defaults__ = (missing,) * self.room

    def write(self, *arguments: object) -> str:
        """Return what the macro writes."""
        return self.quick(*arguments) if len(arguments) <= self.room else self(*arguments)


class QuickContext(Context):
    """Jinja2's, with short ways for macros, blocks and plain functions."""

    def call(self, callee: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever templates call
        """Return what ``callee`` returns."""
        kind = type(callee)
        if kind is QuickMacro:
            if not kwargs and len(args) <= callee.room and self.eval_ctx.autoescape:
                return Markup(callee.quick(*args))  # noqa: S704 - a macro's output has been escaped
            return callee(self.eval_ctx, *args, **kwargs)
        if kind is BlockReference or (kind in _PLAIN and not hasattr(callee, "jinja_pass_arg")):
            return callee(*args, **kwargs)
        return super().call(callee, *args, **kwargs)

    def show(self, callee: Any, /, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - as above
        """Return what ``callee`` returns as it stands in a page that escapes."""
        if type(callee) is QuickMacro and not kwargs and len(args) <= callee.room:
            return callee.quick(*args)
        return shown(self.call(callee, *args, **kwargs))


class QuickTemplate(jinja2.Template):
    """Jinja2's, whose code can call what stands here, and whose module is made once."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - Jinja2's name
        uptodate: Callable[[], bool] | None = None,
    ) -> jinja2.Template:
        """Run the code of a template."""
        namespace = {"environment": environment, "__file__": code.co_filename, "shown": shown, "QuickMacro": QuickMacro}
        exec(code, namespace)  # noqa: S102 - code that Jinja2 has made of a template, as in the method that this replaces
        template = cls._from_namespace(environment, namespace, globals)
        template._uptodate = uptodate
        return template

    def _get_default_module(self, ctx: Context | None = None) -> Any:  # noqa: ANN401 - Jinja2 keeps its class to itself
        # Jinja2 asks each time whether the page has globals of its own; here no page has.
        return self._module or super()._get_default_module(ctx)


class QuickCode(CodeGenerator):
    """Jinja2's, writing the short ways."""

    _call_shown: nodes.Expr | None = None
    """The call that is to be written next, if what it returns is shown."""

    def blockvisit(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        """Write statements. The text of a block is handed up in one piece, as Jinja2 does with a macro's."""
        if not frame.block_frame or frame.buffer is not None or self._hands_on(frame):
            super().blockvisit(body, frame)
            return
        self.buffer(frame)
        super().blockvisit(body, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def _hands_on(self, frame: Frame) -> bool:
        """Say whether the block includes a template without its context: of that Jinja2 must hand up each piece."""
        includes = self.blocks[frame.block or ""].find_all(nodes.Include)
        return any(not include.with_context for include in includes)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Write what is shown between two statements: it is handed up in one piece."""
        if frame.buffer is not None or frame.require_output_check or len(node.nodes) == 1:
            super().visit_Output(node, frame)
            return
        pieces = frame.copy()
        self.buffer(pieces)
        super().visit_Output(node, pieces)
        self.writeline(f"yield concat({pieces.buffer})")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        elif isinstance(node, nodes.Call):
            self._call_shown = node
            self.write("(")
        else:
            self.write("shown(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Write how an attribute is taken. Nearly always it is there: then no function of Python's own is called."""
        if not isinstance(node.node, nodes.Name):
            super().visit_Getattr(node, frame)
            return
        found = self.temporary_identifier()
        self.write(f"({found} if ({found} := getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing else ")
        super().visit_Getattr(node, frame)
        self.write(")")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 - Jinja2's own
        """Write a call. Jinja2 hands on the variables of loops and blocks too, for functions that ask for the context.

        Of what these templates can call none does.
        """
        is_shown, self._call_shown = node is self._call_shown, None
        if self._is_global(node) and not forward_caller:
            self.write("shown(" if is_shown else "(")
            self.visit(node.node, frame)
            self.write("(")
            for argument in node.args:
                self.visit(argument, frame)
                self.write(", ")
            self.write("))")
            return
        self.write("context.show(" if is_shown else "context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def _is_global(self, node: nodes.Call) -> bool:
        """Say whether a function of the environment is called, or what a template has set in its place."""
        if not isinstance(node.node, nodes.Name) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return False
        function = self.environment.globals.get(node.node.name)
        return isinstance(function, FunctionType) and not hasattr(function, "jinja_pass_arg")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Write the definition of a macro."""
        self.write("Quick")
        super().macro_def(macro_ref, frame)
