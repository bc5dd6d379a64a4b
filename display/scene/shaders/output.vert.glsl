in vec4 position; // clip space with its own w: true perspective
in vec2 place;
out vec2 vPlace;

void main() {
  vPlace = place;
  gl_Position = position;
}
