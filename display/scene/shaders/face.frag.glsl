// The face on the wall, and the light that it throws on the wall around it.
uniform sampler2D uCanvas;
uniform vec2 uCanvasSize;
uniform sampler2D uGlow;
uniform sampler2D uTensor;
uniform sampler2D uNoise;
uniform vec2 uPicture;    // size of what is drawn into, pixels
uniform vec2 uCentre;     // of the face; the wall's height is 1, 0,0 its middle, y down
uniform float uSide;      // of the face
uniform vec2 uFeather;    // widths of the soft edges, parts of the side
uniform float uLight;     // how far it throws light: 0..1
uniform float uVignette;  // 0..1
uniform float uBristle;   // relief of the paint: 0..1
uniform float uOpacity;
uniform bool uFine;       // whether there is time for the better filter
in vec2 vPlace;
out vec4 outColor;        // premultiplied; alpha 0 adds light

// Relief of bristles: noise drawn out along the strokes, lit from above.
float bristles(vec2 place) {
  float height = 0.0;
  float weights = 0.0;
  for (int side = -1; side <= 1; side += 2) {
    vec2 at = place * 900.0;
    for (int i = 0; i < 7; i++) {
      vec3 tensor = texture(uTensor, at / 900.0).xyz;
      float angle = 0.5 * atan(2.0 * tensor.y, tensor.x - tensor.z) + 1.5707963;
      vec2 along = vec2(cos(angle), sin(angle));
      float weight = exp(-0.06 * float(i * i));
      vec4 noise = texture(uNoise, at * 1.7 / 256.0);
      height += weight * (0.7 * noise.b + 0.3 * noise.a);
      weights += weight;
      at += float(side) * 2.4 * along;
    }
  }
  return height / weights;
}

// What the edge throws on the wall: the farther away, the less of its forms is left.
vec3 spread(vec2 edge, vec2 along) {
  vec3 sum = texture(uGlow, edge).rgb;
  if (!uFine) return sum;
  for (int i = 1; i <= 2; i++) {
    vec2 away = 0.7 * float(i) * along;
    sum += texture(uGlow, clamp(edge - away, 0.03, 0.97)).rgb + texture(uGlow, clamp(edge + away, 0.03, 0.97)).rgb;
  }
  return sum / 5.0;
}

void main() {
  vec2 wall = (vPlace - 0.5) * vec2(uPicture.x / uPicture.y, 1.0);
  vec2 place = (wall - uCentre) / uSide + 0.5;
  vec2 outside = max(max(-place, place - 1.0), 0.0);
  vec2 inside = smoothstep(vec2(0.0), uFeather, min(place, 1.0 - place));
  float mask = inside.x * inside.y;

  vec3 glow = vec3(0.0);
  if (uLight > 0.0 && mask < 1.0) {
    float distance1 = length(outside);
    float fall = exp(-2.8 * distance1) * (1.0 - smoothstep(0.0, 0.85, distance1));
    vec2 edge = clamp(place, 0.07, 0.93);
    glow = spread(edge, outside.yx) * fall * uLight;
  }

  vec3 face = vec3(0.0);
  if (mask > 0.0) {
    face = uFine ? sampleSharp(uCanvas, place, uCanvasSize) : texture(uCanvas, place).rgb;
    if (uBristle > 0.0) {
      float height = bristles(place);
      vec2 slope = vec2(dFdx(height), dFdy(height)) * uSide * uPicture.y / 900.0;
      float relief = dot(slope, vec2(-0.55, -0.83)) + 0.35 * (height - 0.5);
      face *= 1.0 + uBristle * 0.55 * relief;
    }
  }
  // The same at the edge for both, so that no seam is seen.
  vec2 corner = (clamp(place, 0.0, 1.0) - 0.5) * 2.0;
  float shade = 1.0 - uVignette * smoothstep(0.1, 1.9, dot(corner * corner, corner * corner));
  vec3 color = mix(glow, face, mask) * shade;
  outColor = vec4(color, mask) * uOpacity;
}
