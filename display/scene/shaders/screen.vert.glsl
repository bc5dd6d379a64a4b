// One triangle that covers everything. Places count from the top left, in every texture of the wall.
in vec3 position;
out vec2 vPlace;

void main() {
  vPlace = position.xy * 0.5 + 0.5;
  gl_Position = vec4(position.xy, 0.0, 1.0);
}
