import type { Texts } from "./texts";

/** German, with „Sie“. */
export const de: Texts = {
  requestId: "Anfrage-ID",
  getHelp: "Hilfe anfordern",
  mailSubject: "Hilfe zu {site}",
  mailBody: "Was ich tun wollte:\n\n\n\nAnfrage-ID: {id}\nAdresse: {address}",

  signIn: "Anmelden",
  signInAgain: "Erneut anmelden",
  signInInNewTab: "In neuem Tab anmelden",
  signOut: "Abmelden",
  switchAccount: "Konto wechseln",
  useAnotherAccount: "Anderes Konto verwenden",
  tryAgain: "Erneut versuchen",
  checkAgain: "Erneut prüfen",
  startAgain: "Von vorn beginnen",
  continue: "Weiter",
  goToStartPage: "Zur Startseite",

  signInTitle: "Anmelden",
  chooseProvider: "Wie möchten Sie sich anmelden?",
  unknownEmail: "Zu dieser E-Mail-Adresse ist kein Anmeldedienst bekannt.",
  emailAddress: "E-Mail-Adresse",
  orChoose: "Oder wählen Sie:",
  redirectTitle: "Einen Moment",
  redirectText: "Sie werden gleich weitergeleitet.",
  switchTitle: "Konto wechseln?",
  switchText: "Sie sind angemeldet. Um mit {provider} fortzufahren, müssen Sie sich neu anmelden.",
  signOutTitle: "Abmelden?",
  signOutText: "Bitte bestätigen Sie, dass Sie sich abmelden möchten.",
  signedOutTitle: "Abgemeldet",
  signedOutText:
    "Sie sind von dieser Website abgemeldet. Schließen Sie auf einem gemeinsam genutzten Gerät auch den Browser.",
  signedInTitle: "Sie sind angemeldet",
  signedInText:
    "Schließen Sie diesen Tab und kehren Sie zu Ihrem Formular zurück. Laden Sie die Seite dort neu. Ihr Browser bietet dann an, das Formular erneut zu senden.",

  deniedTitle: "Zugriff verweigert",
  deniedRole: "Ihr Konto hat keinen Zugriff auf diese Seite.",
  deniedMissing: "Sie brauchen eine dieser Rollen:",
  requestAccess: "Zugriff anfragen",
  requestSentTitle: "Anfrage gesendet",
  requestSentText:
    "Der Betreiber dieser Website weiß jetzt, dass Sie Zugriff anfragen. Öffnen Sie die Seite erneut, sobald Sie ihn haben.",
  requestFailedTitle: "Ihre Anfrage wurde nicht gesendet",
  requestExpiredText:
    "Diese Seite war zu lange geöffnet, oder Sie verwenden jetzt ein anderes Konto. Prüfen Sie Ihren Zugriff erneut und fragen Sie ihn dort an.",
  requestLimitText: "Sie haben oft Zugriff angefragt. Bitte warten Sie eine Stunde.",
  requestAdvice:
    "„{button}“ teilt dem Betreiber dieser Website mit, welches Konto Sie verwenden und welche Seite Sie öffnen möchten.",
  deniedAdvice:
    "Wenn Sie Zugriff benötigen, wenden Sie sich an den Betreiber dieser Website, oder verwenden Sie ein anderes Konto.",
  deniedRule: "Diese Adresse kann nicht geöffnet werden. Prüfen Sie die Adresse, oder fordern Sie Hilfe an.",
  signedInAs: "Sie sind angemeldet als",
  formTitle: "Ihr Formular wurde nicht gesendet",
  formText: "Ihre Sitzung ist abgelaufen. So senden Sie das Formular jetzt:",
  formStepUpText: "Diese Seite verlangt eine neuere oder stärkere Anmeldung. So senden Sie das Formular jetzt:",
  formSignIn: "Melden Sie sich in einem neuen Tab an, und lassen Sie diesen geöffnet.",
  formReload: "Kehren Sie zu diesem Tab zurück, und laden Sie die Seite neu.",
  formConfirm: "Bestätigen Sie Ihrem Browser, dass das Formular erneut gesendet werden soll.",
  hostTitle: "Unbekannte Adresse",
  pathTitle: "Adresse abgelehnt",
  sizeTitle: "Anfrage zu groß",
  sizeText: "Ihr Browser sendet zu viele Cookies. Löschen Sie die Cookies dieser Website, und versuchen Sie es erneut.",
  checkAddress: "Prüfen Sie die Adresse, oder fordern Sie Hilfe an.",
  storeTitle: "Bitte versuchen Sie es erneut",
  storeText: "Ihr Zugriff kann im Moment nicht geprüft werden.",
  maintenanceTitle: "Wartungsarbeiten",
  maintenanceText: "An dieser Website wird gerade gearbeitet. Bitte kommen Sie später wieder.",
  maintenanceUntil: "Voraussichtlich wieder erreichbar: {time}.",
  blockedTitle: "Anfrage blockiert",
  blockedText:
    "Die Firewall der Website hat diese Anfrage für einen Angriff gehalten. Wenn Sie nichts Ungewöhnliches getan haben, senden Sie die Anfrage-ID an den Betreiber der Website.",
  limitedTitle: "Zu viele Anfragen",
  limitedText:
    "Aus Ihrem Netzwerk kamen mehr Anfragen, als die Website annimmt. Warten Sie fünf Minuten, und versuchen Sie es dann erneut.",

  badRequestTitle: "Anfrage nicht verstanden",
  badRequestText: "Diese Anfrage konnte nicht gelesen werden.",
  bodyTooLargeText: "Diese Anfrage ist größer, als das Gateway annimmt.",
  wrongHostText: "Dieses Gateway ist für diese Adresse nicht zuständig.",
  notFoundTitle: "Seite nicht gefunden",
  notFoundText: "Unter dieser Adresse gibt es nichts.",
  pageUnavailableTitle: "Bitte versuchen Sie es noch einmal",
  pageUnavailableText: "Diese Seite kann gerade nicht gelesen werden.",
  methodTitle: "Anfrage nicht unterstützt",
  methodText: "Diese Adresse unterstützt diese Art von Anfrage nicht.",
  crossOriginTitle: "Anfrage abgelehnt",
  crossOriginText: "Nur Seiten dieser Website dürfen diese Anfrage stellen.",
  unknownProviderTitle: "Unbekannter Anmeldedienst",
  unknownProviderText: "Diese Website verwendet den gewünschten Anmeldedienst nicht.",
  notSignedInTitle: "Sie sind nicht angemeldet",
  notSignedInText: "Bitte melden Sie sich an, um fortzufahren.",
  sessionTitle: "Problem mit der Sitzung",
  sessionTooLargeText:
    "Ihr Konto hat mehr Rollen und Merkmale, als eine Sitzung aufnehmen kann. Bitte fordern Sie Hilfe an.",
  refreshTooLargeText:
    "Der Anmeldedienst Ihrer Organisation hat eine Sitzung ausgestellt, die zu groß ist. Bitte fordern Sie Hilfe an.",
  tooManySignInsTitle: "Zu viele Anmeldungen",
  tooManySignInsText:
    "Die Anmeldung begann immer wieder von vorn und wurde deshalb angehalten. Bitte warten Sie eine Minute, und versuchen Sie es erneut. Wenn es wieder geschieht, löschen Sie die Cookies dieser Website, oder fordern Sie Hilfe an.",
  renewalText: "Ihre Sitzung wird gerade erneuert. Bitte versuchen Sie es gleich noch einmal.",
  signInFailedTitle: "Anmeldung fehlgeschlagen",
  flowMissingText:
    "Diese Anmeldung wurde bereits verwendet, hat länger als dreißig Minuten gedauert oder wurde in einem anderen Browser begonnen.",
  cannotContinueText:
    "Die Antwort des Anmeldedienstes Ihrer Organisation konnte nicht angenommen werden. Bitte beginnen Sie von vorn.",
  authorizationErrorText: "Der Anmeldedienst Ihrer Organisation konnte Sie nicht anmelden.",
  canceledText: "Die Anmeldung wurde abgebrochen, oder Ihr Konto darf diese Website nicht verwenden.",
  interactionText: "Beim Anmeldedienst Ihrer Organisation müssen Sie sich zuerst anmelden oder zustimmen.",
  grantRefusedText: "Diese Anmeldung wurde bereits verwendet oder ist abgelaufen.",
  flowReusedText:
    "Diese Anmeldung wurde bereits verwendet. Wenn Sie das nicht selbst waren, fordern Sie bitte Hilfe an.",
  tooOldText:
    "Ihre Sitzungen wurden beendet, und der Anmeldedienst Ihrer Organisation hat Sie nicht zur erneuten Anmeldung aufgefordert. Bitte melden Sie sich zuerst dort ab.",
  stepUpTitle: "Eine stärkere Anmeldung ist nötig",
  stepUpText:
    "Diese Seite verlangt eine neuere oder stärkere Anmeldung, und der Anmeldedienst Ihrer Organisation hat keine bestätigt. Beginnen Sie neu und bestätigen Sie alles, wonach er fragt, etwa einen zweiten Faktor. Wenn er nach nichts fragt, bitten Sie um Hilfe.",
  groupsText:
    "Ihr Konto ist in mehr Gruppen, als der Anmeldedienst Ihrer Organisation melden kann. Ihr Zugriff lässt sich daher nicht bestimmen. Bitte fordern Sie Hilfe an: Ein Administrator kann der Anwendung stattdessen Rollen zuweisen oder die gemeldeten Gruppen auf die ihr zugewiesenen beschränken.",
  idTokenText:
    "Der Anmeldedienst Ihrer Organisation meldet mehr über Ihr Konto, als diese Website lesen kann, meist weil es in sehr vielen Gruppen ist. Bitte fordern Sie Hilfe an: Ein Administrator kann stattdessen Rollen zuweisen oder die gemeldeten Gruppen auf die benötigten beschränken.",
  accountNotAllowedText:
    "Sie haben sich angemeldet, aber diese Website akzeptiert keine Konten Ihrer Organisation, oder Ihre E-Mail-Adresse ist nicht bestätigt.",
  hookRefusedText:
    "Sie haben sich angemeldet, aber diese Website akzeptiert Ihr Konto nicht. Bitte fordern Sie Hilfe an.",
  userChangedText: "Ihre Sitzung gehört zu einem anderen Konto.",
  misconfiguredText:
    "Die Verbindung zum Anmeldedienst Ihrer Organisation ist nicht richtig eingerichtet. Bitte fordern Sie Hilfe an.",
  clientRefusedText:
    "Der Anmeldedienst Ihrer Organisation akzeptiert die Zugangsdaten dieser Website nicht. Das liegt nicht an Ihrem Konto. Wo Sie angemeldet sind, bleiben Sie angemeldet. Bitte versuchen Sie es später erneut, oder fordern Sie Hilfe an.",
  unavailableTitle: "Die Anmeldung ist im Moment nicht möglich",
  providerSilentText: "Der Anmeldedienst Ihrer Organisation hat nicht geantwortet.",
  providerAnswerText: "Der Anmeldedienst Ihrer Organisation hat eine unerwartete Antwort gegeben.",
  tryLaterText: "Das löst sich meist innerhalb einer Minute von selbst. Mit Ihrem Konto ist alles in Ordnung.",
  notPropagatedTitle: "Die Anmeldung wird eingerichtet",
  notPropagatedText:
    "Der Anmeldedienst Ihrer Organisation kennt diese Website noch nicht. Eine neue Verbindung braucht einige Minuten. Mit Ihrem Konto ist alles in Ordnung.",
  internalTitle: "Etwas ist schiefgegangen",
  internalText: "Die Anfrage konnte nicht abgeschlossen werden.",
};
