namespace Odm.Engine.Kernels;

/// <summary>
/// Whether the engine's fused steps are used where they can be. Off, every step is composed of published operators:
/// <c>odm bench --composed</c> and the tests that compare the two.
/// </summary>
public static class Fusion
{
    /// <summary>On, unless it was switched off for this process.</summary>
    public static bool Enabled { get; set; } = true;
}
