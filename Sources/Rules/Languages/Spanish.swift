extension Phrases {
  /// Polite: usted.
  public static let spanish = Phrases(
    language: "es", templateLanguage: "es_MX",
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    months: [
      "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
      "diciembre",
    ],
    date: "{{dia_semana}} {{dia}} de {{mes}}", dayAndTime: "{{fecha}}, {{hora}}", clock: .hours24,
    somebody: "cliente", someService: "consulta", someServices: "nuestros servicios",
    forService: " de {{servicio}}",
    confirmed: "¡Gracias! Su cita{{de_servicio}} quedó confirmada para el {{fecha}} a las {{hora}}. Le esperamos.",
    offer: """
      Con gusto cambiamos su cita{{de_servicio}} del {{fecha}} a las {{hora}}. Tenemos libre:
      {{horas}}
      ¿Cuál le queda mejor? Si prefiere otro día, díganos cuál.
      """,
    over:
      "Su cita{{de_servicio}} del {{fecha}} a las {{hora}} ya no está vigente. ¿Quiere que le busquemos otro horario?",
    booked: "Su cita quedó agendada: {{cita}}.", moved: "Su cita quedó cambiada: {{cita}}.",
    cancelled: "Su cita quedó cancelada: {{cita}}.",
    lastWord: "Gracias por escribir. Una persona del equipo continuará esta conversación en cuanto le sea posible.",
    closed: "Gracias por escribir. En este momento estamos cerrados; le contestamos en cuanto abramos.",
    declined: "Gracias por avisarnos. Aquí estamos cuando nos necesite.",
    menu: "Estos son los servicios de {{negocio}}. Elija uno y le damos los detalles.",
    menuRest: "Y {{numero}} más: pregúntenos.", menuLabel: "Ver servicios", listLabel: "Ver opciones",
    priceRange: "de {{desde}} a {{hasta}}", priceFrom: "desde {{precio}}", priceUpTo: "hasta {{precio}}",
    appointmentConfirmation: TemplateWords(
      body:
        "Hola {{nombre}}, su cita de {{servicio}} en {{negocio}} es el {{fecha}} a las {{hora}}. ¿Nos confirma su asistencia?",
      examples: ["Ana", "limpieza dental", "ESVA Dental", "martes 3 de febrero", "10:00"],
      buttons: ["Confirmar", "Reagendar"]),
    reminder: TemplateWords(
      body:
        "Hola {{nombre}}, le recordamos su cita de {{servicio}} en {{negocio}} el {{fecha}} a las {{hora}}. Le esperamos.",
      examples: ["Ana", "limpieza dental", "ESVA Dental", "martes 3 de febrero", "10:00"],
      buttons: ["Confirmar", "Reagendar"]),
    welcome: TemplateWords(
      body:
        "Hola {{nombre}}, gracias por acercarse a {{negocio}}. Por este medio puede preguntar por servicios, precios y citas.",
      examples: ["Ana", "ESVA Dental"]),
    quote: TemplateWords(
      body:
        "Hola {{nombre}}, la cotización de {{servicio}} que pidió a {{negocio}} es de {{total}}. Responda a este mensaje si tiene dudas.",
      examples: ["Ana", "ortodoncia", "ESVA Dental", "$18,500.00 MXN"]),
    followUp: TemplateWords(
      body:
        "Hola {{nombre}}, hace unos días preguntó a {{negocio}} por {{servicio}}. ¿Le ayudamos a encontrar un horario?",
      examples: ["Ana", "ESVA Dental", "blanqueamiento"], buttons: ["Sí, por favor", "Ya no, gracias"]),
    heard: spanishHeard)

  private static let spanishHeard = Heard(
    confirming: [
      "si", "si confirmo", "confirmo", "confirmo mi cita", "confirmo asistencia", "confirmo mi asistencia", "confirmar",
      "confirmado", "confirmada", "si confirmada", "si asistire", "si voy", "si ahi estare", "ahi estare",
      "ahi nos vemos", "claro", "claro que si", "si claro", "si gracias", "si por favor", "ok", "okay", "ok gracias",
      "vale", "de acuerdo", "perfecto", "perfecto gracias", "si perfecto",
    ],
    rescheduling: [
      "reagendar", "reagendar cita", "reagendar mi cita", "quiero reagendar", "necesito reagendar", "puedo reagendar",
      "reprogramar", "quiero reprogramar", "necesito reprogramar", "cambiar", "cambiar cita", "cambiar la cita",
      "cambiar mi cita", "cambiar de dia", "cambiar de hora", "otro dia", "otra hora", "otro horario", "no puedo",
      "no puedo ir", "no podre", "no podre ir", "no podre asistir",
    ],
    declining: ["ya no gracias", "ya no"],
    numbers: ["uno", "dos", "tres"],
    // "El 2" would be a day.
    beforeNumbers: ["la", "opcion", "la opcion", "numero", "el numero", "la numero"],
    afterNumbers: ["por favor", "gracias", "porfa"],
    courtesies: [
      "gracias", "muchas gracias", "mil gracias", "muchisimas gracias", "gracias a ustedes", "muy amable",
      "muy amables", "gracias muy amable", "hola", "hola gracias", "hola buen dia", "hola buenos dias",
      "hola buenas tardes", "hola buenas noches", "buen dia", "buenos dias", "buenas tardes", "buenas noches",
      "buenas", "hasta luego", "saludos", "nos vemos", "excelente", "listo", "bien", "muy bien", "excelente gracias",
      "listo gracias", "hasta manana", "excelente dia", "bonito dia", "que tenga buen dia", "que tengan buen dia",
      "igualmente",
    ],
    stopping: [
      "baja", "alto", "darme de baja", "dar de baja", "cancelar suscripcion", "no mas mensajes", "no mas promociones",
      "stop promociones",
    ],
    resuming: ["alta", "reanudar"])
}
