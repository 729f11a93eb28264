namespace Odm.Augment.Gan.Augmenting;

/// <summary>
/// The probability of ADA's transforms (Karras et al. 2020, "Training GANs with limited data", section 3): r = E sign D(real) is the
/// discriminator's confidence. Every few updates the probability rises by a fixed amount where r is above the target, and falls by it where
/// r is below.
/// </summary>
/// <param name="config">Target, interval, speed.</param>
internal sealed class AdaptiveProbability(AdaConfig config)
{
    private double signs;
    private long images;
    private int updates;

    /// <summary>The probability, 0 to 1.</summary>
    public double Value { get; private set; }

    /// <summary>Notes the answers to one update's real images.</summary>
    /// <param name="signSum">Sum of their signs.</param>
    /// <param name="count">Number of answers.</param>
    /// <param name="realImages">Number of images.</param>
    public void Note(double signSum, long count, int realImages)
    {
        signs += signSum / count * realImages;
        images += realImages;
        if (++updates < config.Every)
        {
            return;
        }
        var step = Math.Sign(signs / images - config.Target) * (double)images / config.Images;
        Value = Math.Clamp(Value + step, 0, 1);
        (signs, images, updates) = (0, 0, 0);
    }

    /// <summary>All of it as texts, exactly.</summary>
    public string Save() => FormattableString.Invariant($"{Value:R} {signs:R} {images} {updates}");

    /// <summary>Takes over what <see cref="Save"/> gave; null starts at 0.</summary>
    public void Restore(string? saved)
    {
        var parts = (saved ?? "0 0 0 0").Split(' ');
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        (Value, signs) = (double.Parse(parts[0], culture), double.Parse(parts[1], culture));
        (images, updates) = (long.Parse(parts[2], culture), int.Parse(parts[3], culture));
    }
}
