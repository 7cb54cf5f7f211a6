"""Numbers as people read them: one style for the whole page."""

from charter.records import Rate

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"


def percent(value: float | None) -> str:
    """A proportion in percent with one decimal, which is what a few hundred observations can carry."""
    return "no data" if value is None else f"{100 * value:.1f}%"


def whole_percent(value: float | None) -> str:
    """A proportion in percent without decimals, for labels within plots."""
    return "no data" if value is None else f"{100 * value:.0f}%"


def interval(low: float, high: float) -> str:
    """A confidence interval of a proportion, in percent."""
    return f"{100 * low:.1f}{EN_DASH}{100 * high:.1f}%"


def points(value: float) -> str:
    """A difference of two proportions in percentage points, signed."""
    return signed(100 * value)


def signed(value: float) -> str:
    """One decimal and a typographic sign; what rounds to zero has none."""
    text = f"{abs(value):.1f}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def signed_whole(value: float) -> str:
    """As ``signed``, without decimals: a score in Elo points."""
    text = f"{abs(value):,.0f}"
    return text if text == "0" else f"{MINUS if value < 0 else '+'}{text}"


def p_value(value: float) -> str:
    """A p-value: two decimals, three where it is small, or that it is below 0.001."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}" if value < 0.01 else f"p = {value:.2f}"


def rate_words(rate: Rate) -> str:
    """A rate in one line, for labels that are read aloud."""
    if rate.rate is None:
        return "no data"
    return f"{percent(rate.rate)} ({rate.k} of {rate.n}, interval {interval(rate.low, rate.high)})"


def count(value: float | None) -> str:
    """A whole number with thousands separators; a dash when it is not known."""
    return EN_DASH if value is None else f"{value:,.0f}"


def duration(seconds: float | None) -> str:
    """Seconds as a person would say them."""
    if seconds is None:
        return EN_DASH
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def seconds(value: float | None) -> str:
    """A short time, with as many decimals as it needs to be more than nothing."""
    if value is None:
        return EN_DASH
    return f"{value:.0f} s" if value >= 10 else f"{value:.2g} s" if value >= 0.1 else f"{1000 * value:.2g} ms"


def probability(value: float | None) -> str:
    """A probability with two decimals, so that 0.5 is told from what is near it."""
    return EN_DASH if value is None else f"{value:.2f}"


def number(value: float | None, decimals: int = 2) -> str:
    """A plain number with so many decimals and a typographic sign."""
    if value is None:
        return EN_DASH
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text
