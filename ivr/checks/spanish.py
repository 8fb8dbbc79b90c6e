"""What the checks of menus say, in Spanish; a test holds every reason to have its sentence."""

from __future__ import annotations

from documents.phrases import SPANISH as OF_DOCUMENTS

SPANISH = OF_DOCUMENTS.with_more(
    {
        "has no words": "no tiene palabras",
        "has a control character: remove it": "tiene un carácter de control: quítelo",
        "is a name linea800 makes itself: take another": (
            "es un nombre que linea800 forma solo: use otro"
        ),
        "is missing in {file}: a sentence you add has to be in every language": (
            "falta en {file}: una frase que usted agrega tiene que estar en todos los idiomas"
        ),
        "is not read: the files are es.yaml and en.yaml": (
            "no se lee: los archivos son es.yaml y en.yaml"
        ),
        "can only be true: leave the line out instead": "solo puede ser true: si no, quítelo",
        "needs a name and exactly one of: {ways}": "necesita name y exactamente uno de: {ways}",
        "is not one of the languages offered": "no es uno de los idiomas que se ofrecen",
        "names a language twice": "nombra dos veces un idioma",
        "there is no other language in this menu": "en este menú no hay otro idioma",
        "{language} is no language of this menu": "{language} no es un idioma de este menú",
        "starts at {node}, which is no node of this menu": (
            "empieza en {node}, que no es un nodo de este menú"
        ),
        "goes to {node}, which is no node of this menu": (
            "lleva a {node}, que no es un nodo de este menú"
        ),
        "prompts in a circle without end: {nodes}": "frases en un círculo sin fin: {nodes}",
        "no way leads here": "ningún camino lleva aquí",
        "is a dead end: no key leads on, and none to a person or an end": (
            "es un callejón sin salida: ninguna tecla lleva a otro nodo, a una persona ni al final"
        ),
        "is in a loop without an exit: {nodes}": "está en un bucle sin salida: {nodes}",
        "no key leads to a person from here": "ninguna tecla lleva de aquí a una persona",
        "no caller can reach a person: there is no menu and no queue": (
            "nadie puede llegar a una persona: no hay menú ni cola"
        ),
        "repeats for ever when nothing is pressed": "se repite sin fin si no se marca nada",
        "has {count} options: at most {most} can be kept in mind": (
            "tiene {count} opciones: se recuerdan {most} como máximo"
        ),
        "no such queue: {queue}": "no existe la cola {queue}",
        "no prompt {prompt} in {languages}": "no existe la frase {prompt} en {languages}",
        "there are no prompts in {language}": "no hay frases en {language}",
        "0 does not lead to a person here, as it does elsewhere": (
            "aquí el 0 no lleva a una persona, como en lo demás"
        ),
        "{country} asks for {offer} in the first menu ({source})": (
            "{country} pide que el primer menú ofrezca {offer} ({source})"
        ),
        "{country} asks for {offer} anywhere in the menu ({source})": (
            "{country} pide que el menú ofrezca {offer} ({source})"
        ),
        "{name} is no schedule of this menu": "{name} no es un horario de este menú",
        "{name} is no node of this menu": "{name} no es un nodo de este menú",
        "{name} is no queue of this menu": "{name} no es una cola de este menú",
        "no such target: {target}": "no existe el destino {target}",
        "speaks of {name}, which no node of this menu learns": (
            "habla de {name}, que ningún nodo de este menú averigua"
        ),
        "{name} is no function": "{name} no es una función",
        "{name} has no {part}: it has {parts}": "{name} no tiene {part}: tiene {parts}",
        "{name} has no parts": "{name} no tiene partes",
        "a queue": "una cola",
        "can never be true: it is the same for every caller": (
            "nunca puede ser cierto: es igual para quien sea que llame"
        ),
        "is always true: nobody gets to what follows": (
            "siempre es cierto: nadie llega a lo que sigue"
        ),
        "no node of this menu gives the reason {reason}": (
            "ningún nodo de este menú da el motivo {reason}"
        ),
        "no way leads here on which {name} was learned before": (
            "por ningún camino que lleva aquí se ha averiguado antes {name}"
        ),
        "there is no service {service}": "no existe el servicio {service}",
        "is asked by a node of the kind {kind}": "lo consulta un nodo de la clase {kind}",
        "the service {service} has no argument {argument}": (
            "el servicio {service} no tiene el argumento {argument}"
        ),
        "the service {service} needs {argument}": "el servicio {service} necesita {argument}",
        "{prompt} ends in a comma, and no value follows": (
            "{prompt} termina en coma, y no sigue ningún valor"
        ),
        "no sentence leads up to this value: one that ends in a comma does": (
            "ninguna frase lleva a este valor: lo hace una que termina en coma"
        ),
        "yes and no both lead to {node}": "tanto sí como no llevan a {node}",
        "no talk leads here: name it as after_call of a queue": (
            "ninguna conversación lleva aquí: nómbrelo en after_call de una cola"
        ),
        "{node} offers no self-service, no message and no call back": (
            "{node} no ofrece autoservicio, ni mensaje, ni devolución de la llamada"
        ),
        "nobody is handed to this queue here": "aquí nadie va a dar a esta cola",
        # what PyYAML says and documents/yaml_tree.py has no other words for
        "expected {what}, but got {got}": "se esperaba {what}, y hay {got}",
        "could not find expected {what}": "falta {what}",
        "expected {what}, but found {got}": "se esperaba {what}, y hay {got}",
        "the node content": "un valor",
        "<block end>": "el final del bloque",
        "sequence entries are not allowed here": "aquí no puede ir una lista: revise la sangría",
        "mapping keys are not allowed here": "aquí no puede ir un nombre: revise la sangría",
        "needs exactly one of: {ways}": "necesita exactamente uno de: {ways}",
        "is no expression: {why}": "no es una expresión: {why}",
        "fewest is more than most": "fewest es más que most",
        "within_days goes with what: date": "within_days va con what: date",
        "low has to be less than high": "low tiene que ser menos que high",
        "{one} and {other} go together: give both or neither": (
            "{one} y {other} van juntos: ponga los dos o ninguno"
        ),
        "has to be like 08:00-20:00": "tiene que ser como 08:00-20:00",
        "has to end after it begins, on the same day: 24:00 is the day's end": (
            "tiene que terminar después de empezar, el mismo día: 24:00 es el final del día"
        ),
        "is no time zone: take one like America/Bogota": (
            "no es una zona horaria: ponga una como America/Bogota"
        ),
        "has hours for holidays, and no country whose holidays count": (
            "tiene horas para festivos, y no el país de cuyos festivos se trata"
        ),
        "nothing is known of the holidays of {country}": (
            "no se conocen los festivos de {country}"
        ),
        "is no text to read": "no es un texto que se pueda leer",
        "has no flow: begin one with a line like `flow: what is tried`": (
            "no tiene ningún flujo: empiece uno con una línea como `flujo: lo que se prueba`"
        ),
        "is no line of a flow: see the menus page for those there are": (
            "no es una línea de un flujo: la página de los menús dice cuáles hay"
        ),
        "comes too late: say it before what the caller hears and presses": (
            "llega tarde: dígalo antes de lo que se oye y se marca"
        ),
        "has no value that makes sense here": "no tiene un valor que aquí tenga sentido",
        "stands before the first flow: begin one with a line like `flow: …`": (
            "está antes del primer flujo: empiece uno con una línea como `flujo: …`"
        ),
        "comes after the end of its flow": "está después del final de su flujo",
        "a complaint": "una queja o reclamo",
        "cancelling the service": "cancelar el servicio",
        "a person": "una persona",
    }
)
