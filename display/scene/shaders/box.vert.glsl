// One triangle that covers a box of the wall, and as much again beyond it: what lies there is to be discarded.
in vec3 position;
uniform vec4 uBox;     // x, y, width, height; the wall's height is 1, 0,0 its middle, y down
uniform vec2 uPicture; // size of what is drawn into, pixels
out vec2 vPlace;       // 0..1 in the box

void main() {
  vPlace = position.xy * 0.5 + 0.5;
  vec2 wall = uBox.xy + vPlace * uBox.zw;
  gl_Position = vec4(2.0 * wall / vec2(uPicture.x / uPicture.y, 1.0), 0.0, 1.0);
}
