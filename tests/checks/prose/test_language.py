"""Language: that of the documents."""

import pytest

from checks.prose.conftest import FOREIGN, PATH, about, asked, make_context
from synth.checks.prose import language

ENGLISH = "Whoever keeps the beacon has to see to its lens twice a day, since an alarm follows where nobody does."
LANGUAGES = {
    "de": "Wer das Leuchtfeuer hütet, muss zweimal am Tag nach der Linse sehen, weil sonst ein Alarm ausgelöst wird.",
    "fr": "Celui qui garde le phare doit vérifier la lentille deux fois par jour, sinon une alarme est déclenchée.",
    "es": "Quien cuida el faro tiene que revisar la lente dos veces al día, porque de lo contrario suena una alarma.",
    "it": "Chi custodisce il faro deve controllare la lente due volte al giorno, altrimenti scatta un allarme.",
    "nl": "Wie het baken bewaakt moet twee keer per dag naar de lens kijken, omdat er anders een alarm afgaat.",
    "pl": "Kto pilnuje latarni, musi dwa razy dziennie sprawdzać soczewkę, ponieważ inaczej włącza się alarm.",
    "pt": "Quem guarda o farol tem de verificar a lente duas vezes por dia, senão é acionado um alarme.",
    "ru": "Тот, кто следит за маяком, должен дважды в день проверять линзу, иначе сработает сигнал тревоги.",
    "sv": "Den som vaktar fyren måste se till linsen två gånger om dagen, eftersom ett larm annars utlöses.",
    "zh": "看守灯塔的人必须每天检查两次镜头,否则会触发警报,港务局会通过无线电得到通知。",
    "ja": "灯台を守る人は一日に二回レンズを確認しなければならず、そうしないと警報が鳴ります。",
}


def test_the_language_of_the_documents_passes(context):
    assert language.check(about(ENGLISH), context).detail == ""
    assert language.check(about(LANGUAGES["de"], FOREIGN), context).detail == ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_score_has_no_digits_that_depend_on_the_machine(code, context):
    score = language.check(about(f"{ENGLISH} {LANGUAGES[code]}"), context).score
    assert score == round(score, 3)


@pytest.mark.parametrize("code", LANGUAGES)
def test_another_language_is_turned_down(code, context):
    verdict = language.check(about(LANGUAGES[code]), context)
    assert verdict.detail == f"it is in {code}, its evidence in en"
    assert not verdict.passed


def test_an_english_answer_about_a_german_document_is_turned_down(context):
    assert not language.check(asked(answer=ENGLISH, path=FOREIGN), context).passed


def test_code_does_not_count(context):
    assert language.check(about(f"{ENGLISH}\n\n```\n{LANGUAGES['de']}\n{LANGUAGES['de']}\n```"), context).passed


def test_what_is_too_short_is_said_to_be_unchecked(context):
    assert language.check(about("Zwölf Stunden."), context).detail == "not checked: it is too short to tell"
    short = make_context({("c", PATH): "A lens."})
    assert language.check(about(ENGLISH), short).detail == "not checked: its evidence is too short to tell"
