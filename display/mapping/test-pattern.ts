/**
 * The projection test pattern: a grid of squares to see bending, circles to see proportion, crossed corners to pin, steps
 * of grey to set the projector, and the display's name to know which is which. Sides in px.
 */
export function drawTestPattern(canvas: HTMLCanvasElement, width: number, height: number, name: string): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const unit = Math.min(width, height) / 12;
  const hair = Math.max(1, Math.round(unit / 45));
  const [cx, cy] = [width / 2, height / 2];
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.lineWidth = hair;

  // Squares count from the middle, so that two projectors can be laid over each other.
  context.strokeStyle = '#5a5650';
  context.beginPath();
  for (let x = cx % unit; x < width; x += unit) line(context, x, 0, x, height);
  for (let y = cy % unit; y < height; y += unit) line(context, 0, y, width, y);
  context.stroke();

  context.strokeStyle = '#f3ece1';
  context.lineWidth = 2 * hair;
  context.strokeRect(hair, hair, width - 2 * hair, height - 2 * hair);
  context.beginPath();
  line(context, 0, 0, width, height);
  line(context, width, 0, 0, height);
  line(context, cx, 0, cx, height);
  line(context, 0, cy, width, cy);
  circle(context, cx, cy, 5 * unit);
  circle(context, cx, cy, 2 * unit);
  for (const x of [1.5 * unit, width - 1.5 * unit]) {
    for (const y of [1.5 * unit, height - 1.5 * unit]) circle(context, x, y, unit);
  }
  context.stroke();

  drawGreys(context, cx - 4 * unit, cy + 2.5 * unit, 8 * unit, 0.8 * unit);
  drawWords(context, cx, cy, unit, name || 'main', `${width} × ${height}`);
}

function drawGreys(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  const steps = 16;
  for (let step = 0; step < steps; step++) {
    const grey = Math.round((255 * step) / (steps - 1));
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    context.fillRect(x + (width * step) / steps, y, width / steps + 1, height);
  }
}

function drawWords(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  unit: number,
  name: string,
  size: string,
): void {
  context.fillStyle = '#000';
  context.beginPath();
  circle(context, x, y, 1.9 * unit);
  context.fill();
  context.fillStyle = '#f3ece1';
  context.textAlign = 'center';
  const letters = '"Source Serif 4 Variable", Georgia, serif';
  context.font = `400 ${Math.round(0.75 * unit)}px ${letters}`;
  context.fillText(name, x, y + 0.1 * unit, 3.4 * unit);
  context.font = `400 ${Math.round(0.36 * unit)}px ${letters}`;
  context.fillText(size, x, y + 0.8 * unit, 3 * unit);
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}
