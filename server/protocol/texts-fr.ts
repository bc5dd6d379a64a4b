import type { Texts } from './texts.ts';

export const french: Texts = {
  title: 'Familiar Faces',

  attractTitle: 'Devenez le prochain visage',
  attractText: 'Chaque visage sur le mur est né du précédent. Le vôtre peut être le prochain.',
  attractBegin: 'Commencer',
  attractQueue: 'Quelqu’un est en train de devenir. Prenez un numéro pour être le prochain.',

  greetTitle: 'Bonjour',
  greetCalled: 'Numéro {number}, c’est à vous',
  consentText:
    'Nous prenons une photo de vous. Un ordinateur transforme alors peu à peu le visage sur le mur jusqu’à ce qu’il vous ressemble. ' +
    'Le visage ainsi créé reste dans l’œuvre, visible par d’autres.',
  consentPhoto: 'Votre photo est oubliée dès que le visage est fait.',
  consentPhotoKept: 'Votre photo est conservée avec le visage.',
  consentForget: 'Vous recevez un code pour effacer votre visage à tout moment.',
  consentLeave: 'Vous pouvez partir quand vous voulez.',
  consentAgree: 'Oui, j’accepte',
  consentDecline: 'Non, merci',

  framingTitle: 'Regardez la caméra',
  framingText: 'Placez votre visage dans l’ovale.',
  framingCapture: 'Prendre la photo',
  framingLeave: 'Partir',
  hintNoFace: 'Venez devant la caméra',
  hintSeveralFaces: 'Une seule personne à la fois, s’il vous plaît',
  hintCloser: 'Approchez-vous un peu',
  hintFurther: 'Reculez un peu',
  hintCentre: 'Placez-vous dans l’ovale',
  hintLookHere: 'Regardez ici',
  hintMoreLight: 'Un peu plus de lumière',
  hintLessLight: 'Un peu moins de lumière',
  hintHoldStill: 'Ne bougez plus',
  hintReady: 'Parfait. Quand vous voulez',

  countdownText: 'Ne bougez plus',

  reviewTitle: 'Est-ce bien vous ?',
  reviewKeep: 'Garder',
  reviewAgain: 'Recommencer',
  reviewLeave: 'Partir',
  reviewWorking: 'Un instant',

  becomingTitle: 'Regardez le mur',
  becomingText: 'Le visage de la dernière personne devient le vôtre.',
  becomingLeft: 'encore {time}',
  becomingLeave: 'Arrêter et partir',
  becomingWaiting: 'Une courte pause. Cela reprend tout seul.',

  arrivedTitle: 'Vous voilà',
  arrivedText: 'Vous êtes le numéro {number}. Le prochain visage naîtra du vôtre.',
  arrivedReceipt: 'Scannez ce code pour revoir votre visage ou l’effacer.',
  arrivedDone: 'Terminer',

  queueJoin: 'Prendre un numéro',
  queueNumber: 'Votre numéro',
  queuePlace: '{count} avant vous',
  queueNext: 'C’est bientôt à vous',
  queueWait: 'Environ {minutes} min',
  queueLeave: 'Rendre mon numéro',
  queueFull: 'La file est pleine. Revenez un peu plus tard.',

  troubleCamera: 'La caméra se repose. Quelqu’un va bientôt s’en occuper.',
  troubleEngine: 'L’œuvre se réveille. Revenez dans un instant.',
  troubleClosed: 'L’œuvre n’accueille personne pour le moment. Les visages restent avec vous.',
  troubleBusy: 'Quelqu’un est à l’autre tablette. Vous pouvez prendre un numéro.',
  reconnecting: 'Un instant',
  cameraDenied: 'Cette tablette ne peut pas utiliser sa caméra. Adressez-vous au personnel.',

  captionVisitor: 'Numéro {number}',
  captionBecoming: 'Le numéro {number} prend forme',
  captionAttract: '',
  captionInvite: 'Vous pourriez être le prochain visage',

  receiptTitle: 'Votre visage',
  receiptText: 'Ce visage n’existait pas avant vous. Il est né du visage précédent, le {date}.',
  receiptForget: 'Effacer mon visage',
  receiptForgetSure: 'L’effacer pour toujours ? Il quitte l’œuvre et ne peut pas revenir.',
  receiptForgotten: 'Votre visage est effacé.',
  receiptUnknown: 'Il n’y a pas de visage ici. Il a peut-être été effacé.',
  receiptSoon: 'Votre visage prend encore forme. Revenez dans un instant.',

  back: 'Retour',
  language: 'Langue',
};
