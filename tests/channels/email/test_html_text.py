import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.channels.email.html_text import text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Hello", "Hello"),
        ("<p>One\n  two</p><p>Three</p>", "One two\n\nThree"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<div>One<br></div><div>Two</div>", "One\nTwo"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("One<br>Two<BR/>Three<br><br><br><br>Four", "One\nTwo\nThree\n\nFour"),
        ("<ul><li>One<li><p>Two</p></li></ul>Three", "- One\n- Two\n\nThree"),
        ("<ol><li>One</li>\n<li>Two</li></ol>", "- One\n- Two"),
        ("<table><tr><td>One<td>Two</tr><tr><td>Three</table>", "One Two\nThree"),
        ("<pre>One\n  two</pre>  three", "One\n  two\n\nthree"),
        ("<h1>One</h1>two<hr>three", "One\n\ntwo\n\nthree"),
        ("See <a href='https://example.org'>this <b>page</b></a>.", "See this page."),
        ("A&nbsp;&amp;&#32;B &eacute;&#x20ac; &unknown; &", "A & B é€ &unknown; &"),
        ("&lt;script&gt;", "<script>"),
    ],
)
def test_the_text_of_good_html(html, text):
    """Paragraphs, lines, lists and links read as they look."""
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<head><title>No</title><style>no</style><meta charset=utf-8></head>Yes",
        "<head><title>No</title><p>Yes",
        "<SCRIPT>if (a < b) document.write('<p>no</p>')</SCRIPT >Yes",
        "<script>no</scripty>no</script>Yes",
        "<!-- no > no -->Yes",
        "<!doctype html><?xml no?><![if !mso]>Yes<![endif]></ >",
        "<p title='>no'>Yes",
        '<p title = ">no">Yes',
        "<o:p>Yes</o:p><unknown/>",
        "Yes<script>no",
        "Yes<style",
    ],
)
def test_what_nobody_sees_is_no_text(html):
    """Scripts, styles, titles, comments and attributes are left out."""
    assert text_of_html(html) == "Yes"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("1 < 2 > 1", "1 < 2 > 1"),
        ("</p></ul></pre>One", "One"),
        ("<p title='no>One", "One"),
        ("<!-- never ended >One", "One"),
        ("&#999999999999999999999;One", "\ufffdOne"),
        ("\x01One\x02Two&#1;\x03", "OneTwo"),
        ("<li></li>", "-"),
        ("", ""),
    ],
)
def test_the_text_of_bad_html(html, text):
    """As much is read as can be."""
    assert text_of_html(html) == text


@given(st.text(alphabet="<>/!-\"'= &#;abpre\n") | st.text())
def test_all_html_has_a_text(html):
    """Nothing raises, and no stand-in for a line break is left over."""
    assert not set(text_of_html(html)) & set("\x01\x02\x03")


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a b=" ', '<a b=">" ', "<!--", "<![", "</", "<script>", "</script", "&#1", "<p> ", " ", "= "]
)
def test_hostile_html_comes_to_an_end(piece):
    """A quarter of a million characters that mean ill become a text like any others."""
    assert "\x01" not in text_of_html(piece * (250_000 // len(piece)))
