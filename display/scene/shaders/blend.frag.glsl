// One face on its way into the next.
uniform sampler2D uFrom;
uniform sampler2D uTo;
uniform ivec2 uCorner;    // of the square of uTo that is seen, pixels
uniform float uProgress; // 0..1
uniform float uSpread;   // 0: everywhere at once; 1: region by region, as if it grew
uniform int uSeed;
in vec2 vPlace;
out vec4 outColor;

void main() {
  float turn = uProgress;
  if (uSpread > 0.0) {
    float delay = 0.65 * softNoise(vPlace * 4.0, uSeed) + 0.35 * softNoise(vPlace * 11.0, uSeed + 1);
    turn = clamp(uProgress * (1.0 + uSpread) - delay * uSpread, 0.0, 1.0);
    turn = mix(turn, smoothstep(0.0, 1.0, turn), uSpread);
  }
  ivec2 at = ivec2(gl_FragCoord.xy);
  outColor = vec4(mix(texelFetch(uFrom, at, 0).rgb, texelFetch(uTo, at + uCorner, 0).rgb, turn), 1.0);
}
