import type { Texts } from './texts.ts';

export const german: Texts = {
  title: 'Familiar Faces',

  attractTitle: 'Werden Sie das nächste Gesicht',
  attractText: 'Jedes Gesicht an der Wand ist aus dem vorigen gewachsen. Ihres kann das nächste sein.',
  attractBegin: 'Beginnen',
  attractQueue: 'Gerade verwandelt sich jemand. Ziehen Sie eine Nummer, dann sind Sie als Nächstes dran.',

  greetTitle: 'Guten Tag',
  greetCalled: 'Nummer {number}, Sie sind dran',
  consentText:
    'Wir machen ein Foto von Ihnen. Ein Computer verändert dann langsam das Gesicht an der Wand, bis es Ihnen ähnelt. ' +
    'Das Gesicht, das dabei entsteht, bleibt im Werk und ist für andere zu sehen.',
  consentPhoto: 'Ihr Foto wird vergessen, sobald das Gesicht entstanden ist.',
  consentPhotoKept: 'Ihr Foto wird zusammen mit dem Gesicht aufbewahrt.',
  consentForget: 'Sie bekommen einen Code, mit dem Sie Ihr Gesicht jederzeit löschen können.',
  consentLeave: 'Sie können in jedem Moment gehen.',
  consentAgree: 'Ja, einverstanden',
  consentDecline: 'Nein, danke',

  framingTitle: 'Schauen Sie in die Kamera',
  framingText: 'Bringen Sie Ihr Gesicht in das Oval.',
  framingCapture: 'Foto aufnehmen',
  framingLeave: 'Gehen',
  hintNoFace: 'Treten Sie vor die Kamera',
  hintSeveralFaces: 'Bitte nur eine Person',
  hintCloser: 'Kommen Sie etwas näher',
  hintFurther: 'Etwas weiter zurück',
  hintCentre: 'Bitte ins Oval',
  hintLookHere: 'Schauen Sie hierher',
  hintMoreLight: 'Bitte etwas mehr Licht',
  hintLessLight: 'Bitte etwas weniger Licht',
  hintHoldStill: 'Halten Sie still',
  hintReady: 'Wunderbar. Wann immer Sie möchten',

  countdownText: 'Stillhalten',

  reviewTitle: 'Sind Sie das?',
  reviewKeep: 'Behalten',
  reviewAgain: 'Noch einmal',
  reviewLeave: 'Gehen',
  reviewWorking: 'Einen Moment',

  becomingTitle: 'Schauen Sie zur Wand',
  becomingText: 'Das Gesicht der letzten Person wird zu Ihrem.',
  becomingLeft: 'noch {time}',
  becomingLeave: 'Abbrechen und gehen',
  becomingWaiting: 'Eine kurze Pause. Es geht von selbst weiter.',

  arrivedTitle: 'Da sind Sie',
  arrivedText: 'Sie sind Nummer {number}. Das nächste Gesicht wird aus Ihrem wachsen.',
  arrivedReceipt: 'Scannen Sie den Code, um Ihr Gesicht wiederzusehen oder zu löschen.',
  arrivedDone: 'Fertig',

  queueJoin: 'Nummer ziehen',
  queueNumber: 'Ihre Nummer',
  queuePlace: '{count} vor Ihnen',
  queueNext: 'Sie sind als Nächstes dran',
  queueWait: 'Etwa {minutes} Min.',
  queueLeave: 'Nummer zurückgeben',
  queueFull: 'Die Schlange ist voll. Bitte kommen Sie etwas später wieder.',

  troubleCamera: 'Die Kamera ruht sich aus. Gleich kümmert sich jemand darum.',
  troubleEngine: 'Das Werk wacht gerade auf. Bitte kommen Sie gleich wieder.',
  troubleClosed: 'Im Moment nimmt das Werk niemanden auf. Die Gesichter bleiben bei Ihnen.',
  troubleBusy: 'Am anderen Tablet ist gerade jemand. Sie können sich gern anstellen.',
  reconnecting: 'Einen Moment',
  cameraDenied: 'Dieses Tablet darf seine Kamera nicht benutzen. Bitte wenden Sie sich an das Personal.',

  captionVisitor: 'Nummer {number}',
  captionBecoming: 'Nummer {number} entsteht',
  captionAttract: '',
  captionInvite: 'Sie könnten das nächste Gesicht sein',

  receiptTitle: 'Ihr Gesicht',
  receiptText: 'Dieses Gesicht gab es vor Ihnen nicht. Es ist am {date} aus der Person vor Ihnen gewachsen.',
  receiptForget: 'Mein Gesicht löschen',
  receiptForgetSure: 'Endgültig löschen? Es verlässt das Werk und lässt sich nicht zurückholen.',
  receiptForgotten: 'Ihr Gesicht ist gelöscht.',
  receiptUnknown: 'Hier ist kein Gesicht. Vielleicht wurde es gelöscht.',
  receiptSoon: 'Ihr Gesicht entsteht noch. Schauen Sie gleich wieder herein.',

  back: 'Zurück',
  language: 'Sprache',
};
