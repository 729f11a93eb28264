namespace Odm.Data.Guarding;

/// <summary>A part of an image, in shares of its sides.</summary>
/// <param name="Y">Centre from the top.</param>
/// <param name="Height">Height.</param>
/// <param name="X">Centre from the left.</param>
/// <param name="Width">Width.</param>
internal readonly record struct Window(double Y, double Height, double X, double Width)
{
    private const double Least = .6;

    /// <summary>
    /// The middle of an image that is looked at, so that there is room for a copy that was cropped, and the windows of another image that
    /// it is compared with: up to 16 % smaller or larger, and off the centre. Closed under mirroring and turning.
    /// </summary>
    public static Window Middle { get; } = Square(.82, 0, 0);

    /// <summary>As said at <see cref="Middle"/>.</summary>
    public static IReadOnlyList<Window> Grid { get; } = [.. Enumerable.Range(-2, 5).SelectMany(Shifted).Where(w => w.Inside == w)];

    /// <summary>The same, moved and shrunk to lie in the image.</summary>
    public Window Inside
    {
        get
        {
            var (height, width) = (Math.Clamp(Height, Least, 1), Math.Clamp(Width, Least, 1));
            return new(Math.Clamp(Y, height / 2, 1 - height / 2), height, Math.Clamp(X, width / 2, 1 - width / 2), width);
        }
    }

    private static Window Square(double size, double down, double right) => new(.5 + down, size, .5 + right, size);

    private static IEnumerable<Window> Shifted(int zoom)
    {
        var step = zoom == 0 ? .016 : .028; // what a crop on one side takes also moves the centre
        var size = .82 * Math.Pow(1 + .065 * Math.Abs(zoom), Math.Sign(zoom));
        return from y in new[] { -step, 0, step } from x in new[] { -step, 0, step } select Square(size, y, x);
    }
}
