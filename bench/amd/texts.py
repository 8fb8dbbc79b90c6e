"""What people and machines say when they answer, in Latin American Spanish and in English.

A tuple is said phrase by phrase, with a pause between.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

Phrases = tuple[str, ...]


class Kind(StrEnum):
    """What answers: people first, then machines, then what only sounds."""

    WORD = "a word"
    TWICE = "a word, twice"
    NAMED = "a name"
    SENTENCE = "a sentence"
    LATE = "late"
    TELEVISION = "television on"
    CARRIER = "carrier voicemail"
    PERSONAL = "personal voicemail"
    BRIEF = "brief voicemail"
    MUSIC = "music, voicemail"
    SILENT = "silence, voicemail"
    SCREENING = "call screening"
    MENU = "telephone menu"
    FAX = "fax"
    SIT = "special information tone"
    BUSY = "busy tone"


_WORDS_ES: tuple[Phrases, ...] = (
    ("¿Aló?",), ("¿Aló, sí?",), ("Diga.",), ("¿Dígame?",), ("¿Hola?",), ("¿Sí?",), ("¿Bueno?",),
    ("Hola, buenas.",), ("¿Sí, diga?",), ("Buenas tardes.",), ("¿Quién habla?",), ("¿A ver?",),
    ("Buenos días.",), ("¿Aló, buenas?",), ("Mande.",), ("¿Haló?",),
)  # fmt: skip
_WORDS_EN: tuple[Phrases, ...] = (
    ("Hello?",), ("Hi.",), ("Yes?",), ("Yeah?",), ("Hello, hello?",), ("Hi there.",),
    ("Good morning.",), ("Hey.",), ("Who's this?",), ("Hello, good afternoon.",), ("Yes, hello?",),
    ("Speaking.",),
)  # fmt: skip
_NAMED_ES: tuple[Phrases, ...] = (
    ("Hola, habla María.",), ("Habla Carlos Restrepo.",), ("Aló,", "con Juana."),
    ("Buenas tardes,", "habla Lucía Torres."), ("Sí,", "con él habla."),
    ("Familia Gómez, buenas.",), ("Buenos días,", "Andrés Molina a la orden."),
    ("Hola,", "¿quién es?"),
)  # fmt: skip
_NAMED_EN: tuple[Phrases, ...] = (
    ("Hello, this is Maria.",), ("John Miller speaking.",), ("Hello,", "the Parkers."),
    ("Good afternoon,", "this is Susan."), ("Hi, this is Bob,", "who's calling?"), ("Smith here.",),
    ("Yes, this is she.",), ("Hello,", "David speaking."),
)  # fmt: skip
_SENTENCES_ES: tuple[Phrases, ...] = (
    ("Ferretería Los Andes, buenas tardes,", "le atiende Claudia,", "¿en qué le puedo servir?"),
    ("Buenos días, consultorio del doctor Pérez,", "habla Marta,", "¿cómo le puedo ayudar?"),
    ("Sí, aló,", "espéreme un momentito que ya la llamo,", "¿quién la busca?"),
    ("Hola, buenas,", "mire, estoy manejando, ¿quién habla?"),
    ("Restaurante El Fogón,", "buenas noches, ¿va a hacer un pedido?"),
)
_SENTENCES_EN: tuple[Phrases, ...] = (
    ("Good morning, Anderson Hardware,", "this is Claire speaking,", "how can I help you?"),
    ("Doctor Brown's office,", "this is Martha, how may I direct your call?"),
    ("Hello, yes,", "hang on just a second,", "who is it you're looking for?"),
    ("Hi, I'm driving right now,", "who is this?"),
    ("Blue Lagoon Restaurant, good evening,", "would you like to book a table?"),
)
_CARRIER_ES: tuple[Phrases, ...] = (
    ("El número que usted marcó no está disponible en este momento.",
     "Por favor deje su mensaje después del tono."),
    ("La persona a la que usted llama no puede atenderlo.",
     "Después de la señal, deje su mensaje. Este servicio tiene costo a partir de la señal."),
    ("Bienvenido al buzón de mensajes de su operador móvil.",
     "El usuario no se encuentra disponible.", "Grabe su mensaje al escuchar el tono."),
    ("Usted se ha comunicado con el buzón de voz del número",
     "tres, uno, cinco,", "cuatro, cuatro, dos,", "uno, nueve, cero, siete.",
     "Deje su mensaje después del tono."),
    ("Su llamada ha sido transferida al correo de voz y tendrá cobro después de la señal.",),
)  # fmt: skip
_CARRIER_EN: tuple[Phrases, ...] = (
    ("The person you are trying to reach is not available.",
     "At the tone, please record your message.",
     "When you have finished recording, you may hang up."),
    ("Your call has been forwarded to an automatic voice message system.",
     "Five, five, five,", "two, three, four,", "one, seven, eight, nine,", "is not available.",
     "Please record your message after the tone."),
    ("The wireless customer you are calling is not available.",
     "Please leave a message after the beep."),
    ("We're sorry, no one is available to take your call.",
     "Please leave your message after the tone."),
)  # fmt: skip
_PERSONAL_ES: tuple[Phrases, ...] = (
    ("Hola, soy Carolina.", "En este momento no te puedo contestar.",
     "Déjame tu mensaje y te llamo apenas pueda."),
    ("Hola,", "habla Julián Ramírez.", "No puedo atenderte ahora,", "deja tu mensaje, gracias."),
    ("Te has comunicado con la familia Herrera.", "No estamos en casa.",
     "Por favor deja tu nombre y tu número."),
    ("Buenas, este es el celular de Andrea,", "si es urgente escríbeme por mensaje,", "chao."),
    ("Hola hola,", "ahora no puedo,", "ya sabes qué hacer después del pito."),
)  # fmt: skip
_PERSONAL_EN: tuple[Phrases, ...] = (
    ("Hi, you've reached Caroline.", "I can't come to the phone right now.",
     "Leave me a message and I'll call you back."),
    ("Hey,", "this is Mike.", "I'm not around,", "so leave your name and number. Thanks."),
    ("You've reached the Johnson residence.", "We're not at home.",
     "Please leave your name and your number."),
    ("Hello, this is Andrea's cell,", "if it's urgent send me a text,", "bye."),
    ("Hi there,", "you know what to do,", "wait for the beep."),
)  # fmt: skip
_BRIEF_ES: tuple[Phrases, ...] = (
    ("Deja tu mensaje.",), ("Soy Pablo, deja tu mensaje.",), ("Buzón de voz.",),
)  # fmt: skip
_BRIEF_EN: tuple[Phrases, ...] = (
    ("Leave a message.",), ("It's Paul, leave a message.",), ("Voice mailbox.",),
)  # fmt: skip
_SCREENING_ES: tuple[Phrases, ...] = (
    ("Hola. La persona a la que llamas usa un servicio de filtrado",
     "y recibirá una copia de esta conversación.", "Di tu nombre y el motivo de la llamada."),
    ("Hola, si grabas tu nombre y el motivo de tu llamada,",
     "veré si esta persona está disponible."),
)  # fmt: skip
_SCREENING_EN: tuple[Phrases, ...] = (
    ("Hi, the person you're calling is using a screening service",
     "and will get a copy of this conversation.", "Go ahead and say your name and your reason."),
    ("Hi, if you record your name and reason for calling,",
     "I'll see if this person is available."),
)  # fmt: skip
_MENU_ES: tuple[Phrases, ...] = (
    ("Gracias por llamar a Seguros del Pacífico.", "Para español marque uno,",
     "para ventas marque dos,", "o espere en la línea."),
)  # fmt: skip
_MENU_EN: tuple[Phrases, ...] = (
    ("Thank you for calling Pacific Insurance.", "For sales press one,", "for claims press two,",
     "or stay on the line."),
)  # fmt: skip

NO_SUCH_NUMBER: Mapping[str, Phrases] = {
    "es": ("El número que usted marcó no existe.", "Por favor verifique e intente de nuevo."),
    "en": ("The number you have dialed is not in service.", "Please check and try again."),
}
TELEVISION: Mapping[str, Phrases] = {
    "es": ("Y en otras noticias de la jornada, el gobierno anunció nuevas medidas para el campo.",
           "Vamos con los deportes, donde la selección ganó dos a uno en un partido muy parejo."),
    "en": ("And in other news today, the government announced new measures for farmers.",
           "Now over to sports, where the home team won two to one in a very close match."),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[Kind, tuple[Phrases, ...]]] = {
    "es": {
        Kind.WORD: _WORDS_ES,
        Kind.TWICE: _WORDS_ES,
        Kind.NAMED: _NAMED_ES,
        Kind.SENTENCE: _SENTENCES_ES,
        Kind.LATE: _WORDS_ES,
        Kind.TELEVISION: _WORDS_ES + _NAMED_ES,
        Kind.CARRIER: _CARRIER_ES,
        Kind.PERSONAL: _PERSONAL_ES,
        Kind.BRIEF: _BRIEF_ES,
        Kind.MUSIC: _CARRIER_ES,
        Kind.SILENT: _CARRIER_ES + _PERSONAL_ES,
        Kind.SCREENING: _SCREENING_ES,
        Kind.MENU: _MENU_ES,
    },
    "en": {
        Kind.WORD: _WORDS_EN,
        Kind.TWICE: _WORDS_EN,
        Kind.NAMED: _NAMED_EN,
        Kind.SENTENCE: _SENTENCES_EN,
        Kind.LATE: _WORDS_EN,
        Kind.TELEVISION: _WORDS_EN + _NAMED_EN,
        Kind.CARRIER: _CARRIER_EN,
        Kind.PERSONAL: _PERSONAL_EN,
        Kind.BRIEF: _BRIEF_EN,
        Kind.MUSIC: _CARRIER_EN,
        Kind.SILENT: _CARRIER_EN + _PERSONAL_EN,
        Kind.SCREENING: _SCREENING_EN,
        Kind.MENU: _MENU_EN,
    },
}
