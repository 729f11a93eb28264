namespace Odm.Augment.Traditional;

/// <summary>CIE L*a*b* under D65 (2° observer) and sRGB (IEC 61966-2-1).</summary>
internal static class Lab
{
    private const float WhiteX = .95047f, WhiteZ = 1.08883f;

    /// <summary>L 0 to 100, a and b, of sRGB in [0, 1].</summary>
    public static (float L, float A, float B) Of(float red, float green, float blue)
    {
        var (r, g, b) = (Linear(red), Linear(green), Linear(blue));
        var x = Root((.412453f * r + .357580f * g + .180423f * b) / WhiteX);
        var y = Root(.212671f * r + .715160f * g + .072169f * b);
        var z = Root((.019334f * r + .119193f * g + .950227f * b) / WhiteZ);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
    }

    /// <summary>sRGB in [0, 1], colours outside it clamped.</summary>
    public static (float Red, float Green, float Blue) ToRgb(float l, float a, float b)
    {
        var f = (l + 16) / 116;
        var (x, y, z) = (WhiteX * Cube(f + a / 500), Cube(f), WhiteZ * Math.Max(0, Cube(f - b / 200)));
        return (Coded(3.24048134f * x - 1.53715152f * y - .49853633f * z), Coded(-.96925495f * x + 1.87599f * y + .04155593f * z),
            Coded(.05564664f * x - .20404134f * y + 1.05731107f * z));
    }

    private static float Linear(float v) => v <= .04045f ? v / 12.92f : MathF.Pow((v + .055f) / 1.055f, 2.4f);

    private static float Coded(float v) => Math.Clamp(v <= .0031308f ? v * 12.92f : 1.055f * MathF.Pow(v, 1 / 2.4f) - .055f, 0, 1);

    private static float Root(float t) => t > .008856f ? MathF.Cbrt(t) : 7.787f * t + 16 / 116f;

    private static float Cube(float f) => f > .2068966f ? f * f * f : (f - 16 / 116f) / 7.787f;
}
