using Odm.Augment.Inpainting.Masks;

namespace Odm.Augment.Inpainting;

/// <summary>Which cluster's model paints into an image.</summary>
public enum Pairing
{
    /// <summary>That of the image's own cluster: what the published code of Saragih, Hibi and Tyrrell 2024 does.</summary>
    Own,

    /// <summary>One drawn for each image, every cluster equally often: what their paper says (section 2.4).</summary>
    Random,
}

/// <summary>How a set of images with masks is made from real ones: repaint, clean, judge.</summary>
public sealed record MaskSynthesisConfig
{
    /// <summary>How images are repainted.</summary>
    public InpaintConfig Inpaint { get; init; } = new();

    /// <summary>Which cluster's model paints into an image.</summary>
    public Pairing Pairing { get; init; } = Pairing.Random;

    /// <summary>How the mask channel becomes a mask.</summary>
    public MaskCleaningConfig Clean { get; init; } = new();

    /// <summary>What is refused; null lets everything pass.</summary>
    public MaskGateConfig? Gate { get; init; } = new();

    /// <summary>Images tried for each place of the set, the first included; a place none of whose images passes stays empty.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>What is wrong with these settings; the parts are judged by themselves.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Attempts is < 1 or > 100)
        {
            yield return $"{path}.attempts: {Attempts}; must be 1 to 100";
        }
    }
}
