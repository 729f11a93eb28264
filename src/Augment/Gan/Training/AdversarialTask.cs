using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Training;

/// <summary>One adversarial training: what, on what, where.</summary>
internal sealed record AdversarialTask
{
    /// <summary>Settings without faults, the family's values filled in.</summary>
    public required AdversarialConfig Config { get; init; }

    /// <summary>The real images.</summary>
    public required IRealImages Real { get; init; }

    /// <summary>Content hash of the image set that they come from.</summary>
    public required string ImagesHash { get; init; }

    /// <summary>Channels of the picture; further ones are masks.</summary>
    public required int Colours { get; init; }

    /// <summary>Everything random is a function of it and the step.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Receives <c>checkpoint/</c>, <c>stable/</c>, <c>curve.csv</c> and <c>sheets/</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Device, precision, progress, cancellation.</summary>
    public required RunContext Context { get; init; }

    /// <summary>Name in progress reports.</summary>
    public required string Stage { get; init; }

    /// <summary>Draws a sheet of fixed latents after a number of steps, by the averaged weights; null draws none.</summary>
    public Action<GanNetworks, long>? Sheet { get; init; }

    /// <summary>Factor of the learning rates by the number of steps done; null keeps them constant.</summary>
    public Func<long, double>? RateFactor { get; init; }

    /// <summary>Called before each step with the number of steps done; for calibration and tests.</summary>
    public Action<long>? BeforeStep { get; init; }
}
