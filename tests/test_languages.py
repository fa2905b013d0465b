"""Languages: words found across their forms in each language, English as if it were alone, indexes caught up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qa.ask import ask
from qa.embed import DIMENSIONS
from qa.engine import Engine
from qa.ingest import ingest
from qa.language import another, language_of
from qa.library import Library, Scope
from qa.library.catalogue import Entry
from qa.library.health import PARTS
from qa.library.stems import Analysis, tongue
from qa.library.words import WordIndex
from qa.retrieve import resolve, retrieve
from qa.types import (
    Answer,
    Article,
    Cancel,
    Cited,
    Details,
    IngestReport,
    Published,
    Query,
    Verdict,
    Window,
)
from qa.verify import verify
from tests.fake_llm import FakeLLM

OpenFn = Callable[..., Engine]
ANYWHERE = Scope(Window())
TEXTS = {
    "en": "The ministers of the harbour cities negotiated in Paris, and the houses by the river were sold.",
    "de": "Die Ministerien der Hansestädte verhandelten am Freitag über neue Häuser am Fluss. Das ist nicht viel.",
    "fr": "Les négociations sur les élections municipales ont été rouvertes à Paris par les ministères de la région.",
    "es": "Las elecciones en las ciudades del norte fueron aplazadas por los gobiernos de la región hasta el martes.",
    "ru": "Правительство области сообщило, что на выборах в городах победили сторонники новых дорог и это не всё.",
    "tr": "İzmir'de seçimlerin sonuçları hükümetin açıklamasından sonra belli oldu ve bu çok önemli bir gelişme.",
    "ar": "أعلنت الحكومة أن نتائج الانتخابات في المدن التي تقع على البحر سوف تعلن بعد أيام من قبل الوزير",
    "fi": "Hallituksen mukaan vaaleissa äänestettiin uusista taloista, ja tulos oli selvä kun se oli laskettu.",
    "pl": "Rząd ogłosił, że wybory w miastach nad morzem odbędą się w niedzielę i że nie jest to zmiana planów.",
    "zh": "中国东部港口城市的政府星期五宣布，新的铁路将于明年开始建设，居民表示欢迎这一决定。",
    "ja": "東京湾の港湾労働者は金曜日、新しい鉄道の建設計画に反対する集会を開いたと発表した。",
    "th": "รัฐบาลประกาศว่าการเลือกตั้งท้องถิ่นจะจัดขึ้นในเดือนหน้าและประชาชนยินดีกับการตัดสินใจ",
    "ko": "정부는 항구 도시의 새로운 철도 건설을 내년에 시작한다고 금요일에 발표하였다고 한다.",
    "hi": "सरकार ने कहा कि बंदरगाह शहरों में नए रेलमार्ग का निर्माण अगले वर्ष शुरू होगा और लोग प्रसन्न हैं।",
}
"""An invented sentence of news in each language; its article has the language's code for its id."""


def article(name: str, text: str, *, language: str | None = None, title: str = "") -> Article:
    day = date(2026, 2, 4)
    said = Published(day.isoformat(), day)
    title = title or f"Title {name}"
    return Article(name, f"/news/{name}", 1, title, None, None, said, text, f"of {text}", Details(language=language))


def library_of(path: Path, *articles: Article) -> Library:
    library = Library(path, embedder="some-model", dimensions=DIMENSIONS, timezone="UTC")
    library.catalogue.record([Entry(one, one.origin, ((0, len(one.text)),)) for one in articles])
    return library


def found(library: Library, question: str, scope: Scope = ANYWHERE) -> list[str]:
    numbers = [number for number, _ in library.by_words(question, scope, 20)]
    held = library.catalogue.passages(numbers)
    return [held[number][1].id for number in numbers]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One article in each language, each told by its words alone."""
    library = library_of(tmp_path_factory.mktemp("many") / "library", *(article(*one) for one in TEXTS.items()))
    yield library
    library.close()


@pytest.mark.parametrize("code", [code for code in TEXTS if code not in {"th", "hi", "ko", "ja"}])
def test_the_invented_sentences_are_told_by_their_words(code: str) -> None:
    assert language_of(TEXTS[code]) == code


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("de", "Was verhandelt das Ministerium?"),
        ("de", "Ein Haus an Flüssen"),
        ("fr", "Qui négociera l'élection municipale ?"),
        ("fr", "la mairie qui a été rouverte"),
        ("es", "¿Se aplazó la elección?"),
        ("es", "aplazar eleccion"),
        ("ru", "Кто победил на выборы?"),
        ("ru", "правительства городов"),
        ("tr", "seçim sonucu ne oldu"),
        ("tr", "IZMIR seçimleri"),
        ("tr", "İZMİR"),
        ("ar", "متى انتخاب حكومة"),
        ("fi", "Milloin vaalit ovat ja mitä hallitus sanoo talosta"),
        ("pl", "wybory w niedzielę"),
        ("zh", "铁路什么时候建设？"),
        ("zh", "港口"),
        ("ja", "港湾労働者の集会"),
        ("th", "เลือกตั้งท้องถิ่น"),
        ("ko", "철도를 정부가"),
        ("hi", "बंदरगाह में सरकार"),
        ("en", "Which minister negotiates about a house?"),
    ],
)
def test_words_are_found_across_their_forms(many: Library, code: str, question: str) -> None:
    assert found(many, question)[:1] == [code]


def test_a_name_is_one_word_in_all_languages_in_whatever_form_they_index_it(many: Library) -> None:
    assert set(found(many, "Paris")) == {"en", "fr"}
    assert many.terms("Paris") == {("pari", "paris"): 2}


def test_phrases_are_found_side_by_side_in_each_language(many: Library) -> None:
    for code, phrase in (
        ("de", "neues Haus"),
        ("fr", "élection municipale"),
        ("zh", "港口城市"),
        ("en", "harbour city"),
    ):
        scope = many.scope(Query("x", date(2026, 2, 5), phrases=(phrase,)))
        assert {many.catalogue.passages([n])[n][1].id for n in many.words.allowed(scope)} == {code}, phrase
    scope = many.scope(Query("x", date(2026, 2, 5), phrases=("Haus neues", "城市港口")))
    assert not many.words.allowed(scope)


def test_words_to_be_marked_are_told_in_each_language(many: Library) -> None:
    assert many.matching("Haus und élections", [TEXTS["de"], TEXTS["fr"]]) == {"häuser", "élections"}


def test_the_stop_words_of_the_questions_own_language_are_left_out(many: Library) -> None:
    def sought(question: str) -> list[str]:
        return [forms[0] for forms in many.terms(question)]

    assert sought("Was ist mit den Häusern und der Not?") == ["hausern", "not"]
    assert sought("Who will die in the fire?") == ["die", "fire"]
    assert sought("где были выборы") == ["выборы"]
    assert len(sought("der die das")) == 3


def test_english_is_searched_as_if_it_were_alone(many: Library, tmp_path: Path) -> None:
    alone = library_of(tmp_path / "library", article("en", TEXTS["en"]), article("none", "Ok."))
    assert found(alone, "minister houses") == ["en"]
    assert alone.words.languages() == ()
    assert alone.words.terms("The houses of ministers") == [("hous",), ("minist",)]
    stems = Analysis()
    assert alone.words.stems(TEXTS["en"], article("en", "")) == stems.stems(TEXTS["en"])
    assert found(many, "Which houses were sold by the river?")[0] == "en"
    alone.close()


def test_a_language_that_is_named_wins_over_the_words(tmp_path: Path) -> None:
    library = library_of(tmp_path / "library", article("a", "Häuser", language="de"), article("b", "Häuser"))
    assert found(library, "Haus") == ["a"]
    assert library.words.languages() == ("de",)
    library.close()


def test_a_language_told_later_takes_the_words_anew(tmp_path: Path) -> None:
    made = article("a", "Häuser brannten.")
    library = library_of(tmp_path / "library", made, article("b", "Ships."))
    assert found(library, "Haus") == []
    before, revision = library.catalogue.passages_of("a"), library.catalogue.revision
    library.catalogue.keep_details(replace(made, details=Details(language="de", author="Somebody")))
    assert found(library, "Haus") == ["a"]
    assert library.catalogue.passages_of("a") == before
    assert library.words.present() == library.catalogue.passage_numbers()
    changed = library.catalogue.revision
    library.catalogue.keep_details(replace(made, details=Details(language="de", author="Somebody Else")))
    assert library.catalogue.revision == changed != revision
    library.catalogue.keep_details(replace(made, details=Details(language="en")))
    assert found(library, "Haus") == []
    assert library.words.languages() == ()
    library.close()


def test_an_index_of_an_earlier_version_is_made_anew_and_goes(tmp_path: Path) -> None:
    library = library_of(tmp_path / "library", article("de", TEXTS["de"]))
    assert library.update_words()
    now = library.words.folder
    earlier = now.rename(now.parent / "2")
    library.close()
    library = Library(tmp_path / "library", embedder="some-model", dimensions=DIMENSIONS)
    looking = next(part for part in PARTS if part.name == "words").look(library, False, Cancel())
    with pytest.raises(StopIteration) as told:
        next(looking)
    assert not told.value.value.fine
    assert "earlier version" in told.value.value.says
    assert found(library, "Haus") == ["de"]
    assert not earlier.exists()
    assert WordIndex(tmp_path / "library" / "words").present() == library.catalogue.passage_numbers()
    library.close()


# checking


ARTICLES = {
    "de": "Die Regierung von Nordstadt hat am 3. Februar beschlossen, den Hafen für 240 Millionen Euro auszubauen. "
    "Der Verband Küstenschutz hat keine Klage eingereicht, prüft sie aber. „Das ist nicht alles“, sagte Keller.",
    "fr": "Le ministre des transports n'a pas participé aux négociations, selon la compagnie. Les salaires "
    "augmenteront de 4,5 % à partir du 1er avril, et les trains reprendront dans la région.",
    "es": "La presa de San Telmo no se rompió, pero abrió sus compuertas sin avisar, según los expertos de la región. "
    "Las inundaciones dejaron 14 muertos y más de 3.000 evacuados.",
    "ru": "Кандидат Игорь Белов не согласился с решением и обратился в суд. Выборы мэра перенесены на 25 марта.",
    "zh": "临海市政府星期三宣布，新铁路将于2027年开工。市长王建国说这条铁路不会影响居民区。",
    "ar": "وقال الوزير سامي حداد إن القرار لم يكن سياسيا. تأجلت الانتخابات إلى 25 مارس بسبب العواصف.",
}


@pytest.mark.parametrize(
    ("code", "claim", "verdict"),
    [
        ("de", "Der Verband Küstenschutz hat keine Klage eingereicht, prüft sie aber.", Verdict.SUPPORTED),
        ("de", "Der Verband Küstenschutz hat Klage eingereicht.", Verdict.WEAK),
        ("de", "Die Regierung hat den Ausbau für 240 Millionen Euro beschlossen.", Verdict.WEAK),
        ("de", "Die Regierung hat den Ausbau für 340 Millionen Euro beschlossen.", Verdict.UNSUPPORTED),
        ("de", "Der Trainer lobte die Mannschaft nach dem Spiel.", Verdict.UNSUPPORTED),
        ("fr", "Le ministre des transports a participé aux négociations.", Verdict.WEAK),
        ("fr", "Les salaires augmenteront de 5,4 % à partir du 1er avril.", Verdict.UNSUPPORTED),
        ("es", "La presa de San Telmo se rompió.", Verdict.WEAK),
        ("es", "Las inundaciones dejaron más de 3000 evacuados.", Verdict.WEAK),
        ("ru", "Кандидат Игорь Белов согласился с решением.", Verdict.WEAK),
        ("ru", "Выборы мэра перенесены на 26 марта.", Verdict.UNSUPPORTED),
        ("zh", "新铁路将于2027年开工。", Verdict.WEAK),
        ("zh", "新铁路将于2028年开工。", Verdict.UNSUPPORTED),
        ("zh", "市长王建国说这条铁路不会影响居民区。", Verdict.SUPPORTED),
        ("ar", "وقال الوزير سامي حداد إن القرار كان سياسيا.", Verdict.WEAK),
        ("ar", "تأجلت الانتخابات إلى ٢٥ مارس.", Verdict.WEAK),
    ],
)
def test_a_claim_in_another_language_is_supported_word_for_word_alone(code: str, claim: str, verdict: Verdict) -> None:
    found = verify(claim, [Cited(ARTICLES[code], ARTICLES[code], ARTICLES[code], "Title · 2026-02-04")])
    assert (found.verdict, found.contradicted) == (
        verdict,
        any(reason.startswith("the number") for reason in found.reasons),
    )
    if verdict is Verdict.WEAK:
        assert found.reasons[0].startswith("checked for words and numbers alone: it is in ")


def test_a_claim_in_english_is_not_carried_by_words_of_another_language() -> None:
    cited = [Cited(ARTICLES["de"], ARTICLES["de"], ARTICLES["de"], "Title")]
    claim = "The coastal association did not file a suit against the extension of the harbour."
    assert verify(claim, cited).verdict is Verdict.UNSUPPORTED
    assert not another("The U.S. said I was in a U.S. car.")


def test_articles_in_other_languages_are_quoted_or_nothing_is(opened: OpenFn, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for code, text in ARTICLES.items():
        (folder / f"{code}.md").write_text(f"---\ntitle: News {code}\ndate: 2026-02-04\n---\n{text}\n", "utf-8")
    engine = opened()
    *_, report = ingest(engine, [folder])
    assert isinstance(report, IngestReport)
    assert report.new == len(ARTICLES)
    asked = ["Was hat die Regierung von Nordstadt beschlossen?", "На какую дату перенесены выборы мэра?"]
    for question in [*asked, "Wer gewann das Endspiel im Fußball?", "新铁路什么时候开工？", "من ربح المباراة؟"]:
        *_, answer = ask(engine, resolve(engine, question))
        assert isinstance(answer, Answer)
        assert bool(answer.claims) is (question in asked)
        assert {claim.verdict for claim in answer.claims} <= {Verdict.SUPPORTED}
        assert all(claim.text in ARTICLES["de"] + ARTICLES["ru"] for claim in answer.claims)
    assert engine.library.words.languages() == ("ar", "de", "es", "fr", "ru", "zh")


def test_an_embedder_of_a_server_is_sent_every_script_as_it_is_written(opened: OpenFn, tmp_path: Path) -> None:
    lines = [json.dumps({"id": code, "title": code, "text": text}) for code, text in TEXTS.items()]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), "utf-8")
    with FakeLLM() as server:
        engine = opened(embedder="test", embedder_url=server.url)
        *_, report = ingest(engine, [tmp_path / "news.jsonl"])
        assert isinstance(report, IngestReport)
        sent = [text for body in server.bodies for text in body["input"]]
        assert (sorted(sent), report.embedded) == (sorted(TEXTS.values()), len(TEXTS))
        for code in ("ru", "ko", "de"):
            found = retrieve(engine, resolve(engine, TEXTS[code]), 1)
            assert (found.hits[0].article.id, found.hits[0].how.meaning) == (code, 1)
            assert server.bodies[-1]["input"][0] == TEXTS[code]


def test_a_text_too_short_for_words_to_tell_is_taken_by_its_letters() -> None:
    short = {"zh": "铁路开工", "ru": "Выборы", "el": "Οι εκλογές", "ko": "철도", "en": "Rail"}
    for code, text in short.items():
        assert tongue(article("a", text)) == code
    assert tongue(article("a", "Rail, 铁路")) == "en"
