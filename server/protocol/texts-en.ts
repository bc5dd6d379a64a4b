/** Texts for visitors. Warm, plain, short. `{number}` and the like are filled in. */
export const english = {
  title: 'Familiar Faces',

  attractTitle: 'Become the next face',
  attractText: 'Every face on the wall grew out of the one before. Yours can be next.',
  attractBegin: 'Begin',
  attractQueue: 'Someone is becoming right now. Take a number and be next.',

  greetTitle: 'Hello',
  greetCalled: 'Number {number}, it is your turn',
  consentText:
    'We take one photograph of you. A computer then slowly changes the face on the wall until it resembles you. ' +
    'The face it makes stays in the piece for others to see.',
  consentPhoto: 'Your photograph is forgotten as soon as the face is made.',
  consentPhotoKept: 'Your photograph is kept together with the face.',
  consentForget: 'You get a code with which you can delete your face at any time.',
  consentLeave: 'You can leave at any moment.',
  consentAgree: 'Yes, I agree',
  consentDecline: 'No, thank you',

  framingTitle: 'Look into the camera',
  framingText: 'Bring your face into the oval.',
  framingCapture: 'Take my portrait',
  framingLeave: 'Leave',
  hintNoFace: 'Come before the camera',
  hintSeveralFaces: 'One person at a time, please',
  hintCloser: 'Come a little closer',
  hintFurther: 'A little further back',
  hintCentre: 'Move into the oval',
  hintLookHere: 'Look here',
  hintMoreLight: 'A little more light, please',
  hintLessLight: 'A little less light, please',
  hintHoldStill: 'Hold still',
  hintReady: 'Lovely. Ready when you are',

  countdownText: 'Hold still',

  reviewTitle: 'Is this you?',
  reviewKeep: 'Keep it',
  reviewAgain: 'Once more',
  reviewLeave: 'Leave',
  reviewWorking: 'One moment',

  becomingTitle: 'Look at the wall',
  becomingText: 'The last visitor’s face is turning into yours.',
  becomingLeft: '{time} to go',
  becomingLeave: 'Stop and leave',
  becomingWaiting: 'A short pause. It will go on by itself.',

  arrivedTitle: 'There you are',
  arrivedText: 'You are visitor {number}. The next face will grow out of yours.',
  arrivedReceipt: 'Scan this to see your face again, or to delete it.',
  arrivedDone: 'Done',

  queueJoin: 'Take a number',
  queueNumber: 'Your number',
  queuePlace: '{count} before you',
  queueNext: 'You are next',
  queueWait: 'About {minutes} min',
  queueLeave: 'Give my number back',
  queueFull: 'The queue is full. Please come back a little later.',

  troubleCamera: 'The camera is resting. Someone will look after it soon.',
  troubleEngine: 'The piece is waking up. Please come back in a moment.',
  troubleClosed: 'The piece takes no visitors just now. The faces stay with you.',
  troubleBusy: 'Another visitor is at the other tablet. You are welcome to queue.',
  reconnecting: 'One moment',
  cameraDenied: 'This tablet may not use its camera. Please ask a member of staff.',

  captionVisitor: 'Visitor {number}',
  captionBecoming: 'Visitor {number} is becoming',
  captionAttract: '',
  captionInvite: 'You could be the next face',

  receiptTitle: 'Your face',
  receiptText: 'This face never existed before you. It grew out of the visitor before you, on {date}.',
  receiptForget: 'Delete my face',
  receiptForgetSure: 'Delete it for good? It leaves the piece and cannot be brought back.',
  receiptForgotten: 'Your face has been deleted.',
  receiptUnknown: 'There is no face here. Perhaps it has been deleted.',
  receiptSoon: 'Your face is still becoming. Come back in a moment.',

  back: 'Back',
  language: 'Language',
};
