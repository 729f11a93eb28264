using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Nightly;

/// <summary>What a bench trains.</summary>
internal enum BenchKind
{
    /// <summary>The U-Net of Ho et al.</summary>
    Unet,

    /// <summary>ResNet-50.</summary>
    Resnet,
}

/// <summary>A bench of every night; fields that are not given keep the defaults of <c>odm bench</c>.</summary>
internal sealed record NightlyBench
{
    /// <summary>What it trains.</summary>
    public required BenchKind Kind { get; init; }

    /// <summary>Base channels (unet).</summary>
    public int? Channels { get; init; }

    /// <summary>Channels of each level over the base channels (unet).</summary>
    public IReadOnlyList<int> Multipliers { get; init; } = [];

    /// <summary>Residual blocks a level (unet).</summary>
    public int? Blocks { get; init; }

    /// <summary>Groups of the norms (unet).</summary>
    public int? Groups { get; init; }

    /// <summary>Side of the patches folded into channels (unet).</summary>
    public int? Patch { get; init; }

    /// <summary>Share that is dropped (unet).</summary>
    public double? Dropout { get; init; }

    /// <summary>Also trains so many steps and notes the memory after step 50 and the last (unet).</summary>
    public int? Soak { get; init; }

    /// <summary>Side of the images, pixels.</summary>
    public int? Size { get; init; }

    /// <summary>Images a step.</summary>
    public int? Batch { get; init; }

    /// <summary>Timed steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Threads of the engine; 0 takes all cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Number format of convolutions and linear layers.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Times that it is measured, each in a process of its own; the best counts.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>Minutes after which one measurement is cut off.</summary>
    public double Deadline { get; init; } = 10;

    private (string Option, object? Value)[] OfUNet => [("channels", Channels), ("blocks", Blocks), ("groups", Groups), ("patch", Patch),
        ("soak", Soak), ("dropout", Dropout)];

    private (string Option, int? Value)[] OfBoth => [("size", Size), ("batch", Batch), ("steps", Steps), ("threads", Threads)];

    /// <summary>The words after <c>odm</c>.</summary>
    public IReadOnlyList<string> Arguments()
    {
        var words = new List<string> { "bench", Kind == BenchKind.Unet ? "unet" : "resnet", "--json" };
        foreach (var (option, value) in OfUNet.Concat(OfBoth.Select(o => (o.Option, (object?)o.Value))))
        {
            if (value is IFormattable number)
            {
                words.AddRange(["--" + option, number.ToString(null, CultureInfo.InvariantCulture)]);
            }
        }

        if (Multipliers.Count > 0)
        {
            words.AddRange(["--multipliers", string.Join(',', Multipliers.Select(m => m.ToString(CultureInfo.InvariantCulture)))]);
        }

        return [.. words, "--precision", Precision == Precision.Bf16 ? "bf16" : "fp32", "--device", Device];
    }

    /// <summary>What is wrong with it; what only the bench itself can tell is told by its night.</summary>
    public IEnumerable<string> Faults(string path)
    {
        foreach (var (option, _) in OfUNet.Append(("multipliers", Multipliers.Count > 0 ? Multipliers : null))
            .Where(o => Kind == BenchKind.Resnet && o.Item2 is not null))
        {
            yield return $"{path}.{option}: of a unet alone, this is a resnet";
        }

        foreach (var (option, value) in OfBoth.Concat(OfUNet.Where(o => o.Value is int).Select(o => (o.Option, (int?)o.Value)))
            .Append(("repeats", Repeats)))
        {
            var least = option is "threads" or "soak" ? 0 : 1;
            if (value < least)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{path}.{option}: {value}; at least {least} is needed");
            }
        }

        foreach (var fault in NightlyStudy.Minutes($"{path}.deadline", Deadline))
        {
            yield return fault;
        }
    }
}
