extension Phrases {
  public static let english = Phrases(
    language: "en", templateLanguage: "en_US",
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ],
    // The day before the month, so that no reader takes the one for the other.
    date: "{{dia_semana}}, {{dia}} {{mes}}", dayAndTime: "{{fecha}} at {{hora}}",
    clock: .hours12(am: "am", pm: "pm"),
    somebody: "there", someService: "a consultation", someServices: "our services",
    forService: " for {{servicio}}",
    confirmed:
      "Thank you! Your appointment{{de_servicio}} on {{fecha}} at {{hora}} is confirmed. We look forward to seeing you.",
    offer: """
      We will gladly move your appointment{{de_servicio}} on {{fecha}} at {{hora}}. These times are free:
      {{horas}}
      Which one suits you best? If you prefer another day, tell us which.
      """,
    over:
      "Your appointment{{de_servicio}} on {{fecha}} at {{hora}} no longer stands. Would you like us to find you another time?",
    booked: "Your appointment is booked: {{cita}}.", moved: "Your appointment was moved: {{cita}}.",
    cancelled: "Your appointment was cancelled: {{cita}}.",
    lastWord: "Thank you for writing. Somebody of our team will continue this conversation as soon as possible.",
    closed: "Thank you for writing. We are closed now and will answer as soon as we open.",
    declined: "Thank you for letting us know. We are here whenever you need us.",
    menu: "These are the services of {{negocio}}. Choose one and we will give you the details.",
    menuRest: "And {{numero}} more: just ask us.", menuLabel: "See services", listLabel: "See options",
    priceRange: "from {{desde}} to {{hasta}}", priceFrom: "from {{precio}}", priceUpTo: "up to {{precio}}",
    appointmentConfirmation: TemplateWords(
      body:
        "Hello {{nombre}}, your appointment for {{servicio}} at {{negocio}} is on {{fecha}} at {{hora}}. Can you confirm that you will come?",
      examples: ["Ana", "teeth cleaning", "ESVA Dental", "Tuesday, 3 February", "10:00 am"],
      buttons: ["Confirm", "Reschedule"]),
    reminder: TemplateWords(
      body:
        "Hello {{nombre}}, this is a reminder of your appointment for {{servicio}} at {{negocio}} on {{fecha}} at {{hora}}. We look forward to seeing you.",
      examples: ["Ana", "teeth cleaning", "ESVA Dental", "Tuesday, 3 February", "10:00 am"],
      buttons: ["Confirm", "Reschedule"]),
    welcome: TemplateWords(
      body:
        "Hello {{nombre}}, thank you for contacting {{negocio}}. Here you can ask about services, prices and appointments.",
      examples: ["Ana", "ESVA Dental"]),
    quote: TemplateWords(
      body:
        "Hello {{nombre}}, the quote for {{servicio}} that you asked {{negocio}} for is {{total}}. Reply to this message if you have any questions.",
      examples: ["Ana", "braces", "ESVA Dental", "$18,500.00 MXN"]),
    followUp: TemplateWords(
      body:
        "Hello {{nombre}}, a few days ago you asked {{negocio}} about {{servicio}}. Shall we help you find a time?",
      examples: ["Ana", "ESVA Dental", "teeth whitening"], buttons: ["Yes, please", "No, thank you"]),
    heard: englishHeard)

  private static let englishHeard = Heard(
    confirming: [
      "yes", "yes please", "yes thanks", "yes thank you", "yes i confirm", "i confirm", "confirm", "confirmed",
      "yes confirm", "yes confirmed", "confirm appointment", "confirm my appointment", "i confirm my appointment",
      "yeah", "yep", "sure", "of course", "yes of course", "i ll be there", "ill be there", "yes i ll be there",
      "i will be there", "yes i will be there", "see you there", "see you then", "ok thanks", "ok thank you",
      "sounds good", "perfect",
    ],
    rescheduling: [
      "reschedule", "please reschedule", "reschedule please", "reschedule appointment", "reschedule my appointment",
      "i want to reschedule", "i need to reschedule", "need to reschedule", "i d like to reschedule",
      "i would like to reschedule", "can i reschedule", "can we reschedule", "change appointment",
      "change my appointment", "change the appointment", "another day", "another time", "a different day",
      "a different time", "i can t", "i cant", "i cannot", "i can t make it", "i cant make it", "i cannot make it",
      "can t make it", "cant make it",
    ],
    declining: ["no thanks", "no thank you", "not anymore", "not any more", "not interested"],
    numbers: ["one", "two", "three"], beforeNumbers: ["option", "number"],
    afterNumbers: ["please", "thanks", "thank you"],
    courtesies: [
      "thanks", "thank you", "thank you very much", "thanks a lot", "many thanks", "hi", "hello", "good morning",
      "good afternoon", "good evening", "good night", "bye", "great", "great thanks", "see you",
    ],
    stopping: [
      "stop", "unsubscribe", "optout", "opt out", "stop messages", "stop promotions", "no more messages",
      "no more promotions",
    ],
    resuming: ["start", "unstop"])
}
