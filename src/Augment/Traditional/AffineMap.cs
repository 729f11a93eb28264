namespace Odm.Augment.Traditional;

/// <summary>
/// Where each pixel of a transformed image comes from: source = A · target + t, both in pixels from the image's centre, x to the
/// right and y down. In <c>affine_grid</c>'s coordinates (align_corners false) the same map is
/// [[Xx, Xy·H/W, 2·Tx/W], [Yx·W/H, Yy, 2·Ty/H]].
/// </summary>
internal readonly record struct AffineMap(double Xx, double Xy, double Tx, double Yx, double Yy, double Ty)
{
    /// <summary>Every pixel from itself.</summary>
    public static AffineMap Identity { get; } = new(1, 0, 0, 0, 1, 0);

    /// <summary>Turns the picture counter-clockwise, in degrees.</summary>
    public static AffineMap Rotation(double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return new(cos, -sin, 0, sin, cos, 0);
    }

    /// <summary>Enlarges (factor above 1) or shrinks about the centre.</summary>
    public static AffineMap Scaling(double factor) => new(1 / factor, 0, 0, 0, 1 / factor, 0);

    /// <summary>Moves the picture right and down, in pixels.</summary>
    public static AffineMap Translation(double right, double down) => new(1, 0, -right, 0, 1, -down);

    /// <summary>
    /// Slants the picture: rows slide right by tan(x) of their depth below the centre, columns down by tan(y), in degrees; x first.
    /// </summary>
    public static AffineMap Shear(double xDegrees, double yDegrees)
    {
        var (x, y) = (Math.Tan(xDegrees * Math.PI / 180), Math.Tan(yDegrees * Math.PI / 180));
        return new AffineMap(1, -x, 0, 0, 1, 0).Then(new(1, 0, 0, -y, 1, 0));
    }

    /// <summary>
    /// Enlarges a window to the whole image: its share of the side, and its left and top edge as shares of width and height.
    /// </summary>
    public static AffineMap Crop(double side, double left, double top, int height, int width) =>
        new(side, 0, (left + side / 2 - .5) * width, 0, side, (top + side / 2 - .5) * height);

    /// <summary>This transform first, <paramref name="next"/> on its result: the sources are looked up the other way round.</summary>
    public AffineMap Then(AffineMap next) => new(
        Xx * next.Xx + Xy * next.Yx, Xx * next.Xy + Xy * next.Yy, Xx * next.Tx + Xy * next.Ty + Tx,
        Yx * next.Xx + Yy * next.Yx, Yx * next.Xy + Yy * next.Yy, Yx * next.Tx + Yy * next.Ty + Ty);
}
