"""The words of problems with who may do what, in Spanish and English."""

from __future__ import annotations

from api.problem_kinds import Kind, Text

ACCESS_TEXTS: dict[Kind, Text] = {
    Kind.UNAUTHENTICATED: Text(
        401,
        ("Falta el token", "Envíe el encabezado «Authorization: Bearer» con un token."),
        ("There is no token", "Send the header “Authorization: Bearer” and a token."),
    ),
    Kind.UNKNOWN_BEARER: Text(
        401,
        ("El token no vale", "El token no existe o fue revocado; pida otro a un administrador."),
        (
            "The token is not good",
            "The token does not exist or was revoked; ask an admin for another.",
        ),
    ),
    Kind.SETUP_REFUSED: Text(
        401,
        (
            "El token de instalación no vale",
            "Use el token que el servicio mostró en la consola al arrancar por última vez.",
        ),
        (
            "The setup token is not good",
            "Use the one the service showed on its console when it last started.",
        ),
    ),
    Kind.ROLE_TOO_LOW: Text(
        403,
        ("El rol no alcanza", "Esto requiere el rol «{needed}»; el token tiene el rol «{role}»."),
        ("The role is not enough", "This needs the role “{needed}”; the token's role is “{role}”."),
    ),
    Kind.SCOPE_MISSING: Text(
        403,
        (
            "La clave no alcanza",
            "Esto requiere el permiso «{needed}», que no es de esta clave; pida otra.",
        ),
        (
            "The key does not reach",
            "This needs the scope “{needed}”, which this key does not have; ask for another.",
        ),
    ),
    Kind.NOT_YOUR_NUMBER: Text(
        403,
        (
            "Es el número de otro agente",
            "Este token es del agente {own} y no sirve para el agente {number}.",
        ),
        (
            "This is another agent's number",
            "This token is agent {own}'s and does not act for agent {number}.",
        ),
    ),
    Kind.NO_NUMBER_OF_YOUR_OWN: Text(
        403,
        (
            "El token no es de un agente",
            "«me» es el agente del token, y este token no tiene agente; use el número.",
        ),
        (
            "The token is no agent's",
            "“me” is the agent of the token, and this token has none; give the number.",
        ),
    ),
    Kind.NOTHING_TO_REVOKE: Text(
        404,
        ("No existe ese token", "No hay un token vigente «{token_id}»."),
        ("No such token", "There is no token in force “{token_id}”."),
    ),
    Kind.SET_UP_ALREADY: Text(
        409,
        ("Ya está instalado", "Ya hay un administrador; pídale un token."),
        ("Set up already", "There is an admin already; ask for a token."),
    ),
    Kind.LAST_ADMIN: Text(
        409,
        (
            "Es el último administrador",
            "Sin este token nadie podría administrar; cree antes otro de administrador.",
        ),
        (
            "This is the last admin",
            "Without this token nobody could administrate; make another admin's first.",
        ),
    ),
    Kind.TOO_MANY_WRONG_TOKENS: Text(
        429,
        (
            "Demasiados tokens que no valen",
            "Desde esta dirección llegaron demasiados; espere {seconds} s.",
        ),
        ("Too many wrong tokens", "Too many came from this address; wait {seconds} s."),
    ),
    Kind.SESSION_OVER: Text(
        401,
        ("La sesión terminó", "Ingrese de nuevo con su usuario y contraseña."),
        ("The session is over", "Sign in again with your login and password."),
    ),
    Kind.SIGN_IN_REFUSED: Text(
        401,
        ("No se pudo ingresar", "El usuario o la contraseña no son correctos."),
        ("Not signed in", "The login or the password is not right."),
    ),
    Kind.NOT_SAME_ORIGIN: Text(
        403,
        (
            "No viene de nuestra página",
            "Con la cookie de la sesión solo cambia algo una página de este mismo servicio, con "
            "el encabezado «X-Linea800: 1»; los programas usan una clave.",
        ),
        (
            "This does not come from our page",
            "With a session's cookie only a page of this same service changes something, with "
            "the header “X-Linea800: 1”; programs use a key.",
        ),
    ),
    Kind.NOT_A_SESSION: Text(
        403,
        ("No es una sesión", "Esto es para personas que ingresaron; el token es de otra clase."),
        ("This is no session", "This is for people who signed in; the token is of another kind."),
    ),
    Kind.WRONG_PASSWORD: Text(
        403,
        ("La contraseña no es correcta", "La contraseña de antes no es esa; nada cambió."),
        ("The password is not right", "The old password is another; nothing was changed."),
    ),
    Kind.NO_SUCH_USER: Text(
        404,
        ("No existe ese usuario", "No hay un usuario «{user_id}», o ya no lo es."),
        ("No such user", "There is no user “{user_id}”, or not any more."),
    ),
    Kind.LOGIN_TAKEN: Text(
        409,
        ("El usuario ya existe", "Alguien tiene o tuvo el usuario «{login}»; elija otro."),
        ("The login is taken", "Somebody has or had the login “{login}”; choose another."),
    ),
    Kind.TOO_MANY_SIGN_INS: Text(
        429,
        (
            "Demasiados intentos de ingreso",
            "Hubo demasiadas contraseñas equivocadas; intente otra vez en {seconds} s.",
        ),
        (
            "Too many attempts to sign in",
            "There were too many wrong passwords; try again in {seconds} s.",
        ),
    ),
    Kind.ISSUER_AWAY: Text(
        503,
        (
            "No se puede verificar el token",
            "No hay respuesta de quien lo emitió; intente otra vez en un momento.",
        ),
        (
            "The token cannot be checked",
            "Its issuer does not answer; try again in a moment.",
        ),
    ),
}
