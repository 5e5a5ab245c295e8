"""What all bodies share: requests take what they name and nothing else, answers show what they name."""

from typing import Annotated, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

T = TypeVar("T")


class Ask(BaseModel):
    """A request; a field of another name is refused, so nobody can set what is not theirs."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=4_000)


class View(BaseModel):
    """A part of an answer; times are UTC text, money is won."""

    model_config = ConfigDict(from_attributes=True)


class Page(View, Generic[T]):
    """Rows, newest first unless said otherwise."""

    items: list[T]
    next_cursor: str = Field(default="", description="Give it as `cursor` for what follows; empty: that was all.")


class Done(View):
    """What became of a wish: ``asked`` (noted, not confirmed), ``taken`` (in force), ``done``."""

    status: str = Field(examples=["taken"], description="asked, taken or done")
    message: str = Field(default="", examples=["감시가 반영했습니다."])


Reason: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]
Note: TypeAlias = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
SymbolText: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{6,7}$")]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9가-힣][a-z0-9가-힣._-]{1,31}$")]
WonPrice: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=100_000_000)]
Shares: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
