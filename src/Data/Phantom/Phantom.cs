namespace Odm.Data;

/// <summary>Drawn fundus-like images with a known grade.</summary>
public static class Phantom
{
    /// <summary>Shares of grades 0 to 4 as skewed as EyePACS: 25,802/2,438/5,288/872/708 of 35,108 images.</summary>
    public static IReadOnlyList<double> EyePacsShares { get; } = [.73, .07, .15, .025, .025];
}
