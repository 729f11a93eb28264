using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Diffusion;

/// <summary>All that is needed to build a generator's network: the <c>config</c> of its checkpoint.</summary>
public sealed record DiffusionShape
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The generator's settings, the network's defaults filled in.</summary>
    public required DiffusionConfig Config { get; init; }

    /// <summary>Image channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Side of the square images in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Class names; the null class comes after them. None where the network is not told the class.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Channels that are noised and generated: the image's and the mask's.</summary>
    [JsonIgnore]
    public int DataChannels => Channels + (Config.Masks ? 1 : 0);

    /// <summary>The shape for these settings and images.</summary>
    /// <exception cref="StudyException">The images are not square or cannot be halved as often as the network asks.</exception>
    public static DiffusionShape For(DiffusionConfig config, int channels, int height, int width, IReadOnlyList<string> classes)
    {
        var faults = config.Faults("generator", height).ToList();
        if (height != width)
        {
            faults.Add($"images are {width} x {height} pixels; the U-Net needs square ones (add a preprocessing step)");
        }
        return faults.Count > 0 ? throw new StudyException(string.Join("; ", faults)) : new()
        {
            Config = config with { Network = config.Network.ForSize(height) },
            Channels = channels,
            Size = height,
            Classes = config.IsConditional ? classes : [],
        };
    }

    internal JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Format)!;

    internal static DiffusionShape FromJson(JsonNode? json, string place)
    {
        try
        {
            return json.Deserialize<DiffusionShape>(Format) ?? throw new DatasetException($"{place}: holds no generator settings");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{place}: no generator settings that this version reads: {e.Message}", e);
        }
    }
}

/// <summary>A U-Net, the grades' places, and the schedule they belong to. Build it outside dispose scopes.</summary>
public sealed class DiffusionModel : Module
{
    private readonly UNet unet;
    private readonly GradeSpacing spacing;

    /// <summary>A model with fresh weights drawn from torch's generator.</summary>
    public DiffusionModel(DiffusionShape shape, Precision precision) : base(nameof(DiffusionModel))
    {
        Shape = shape;
        Schedule = NoiseSchedule.From(shape.Config.Schedule);
        unet = new UNet(shape.Config.Network, shape.Size, shape.DataChannels, shape.Config.IsConditional ? shape.Classes.Count : null,
            precision, shape.Config.LearnedVariance ? 2 * shape.DataChannels : null,
            shape.Config.Augment is null ? 0 : NonLeakingConfig.Labels);
        spacing = new GradeSpacing(shape.Classes.Count, shape.Config.Ordinal.Spacing);
        RegisterComponents();
    }

    /// <summary>What the model was built from.</summary>
    public DiffusionShape Shape { get; }

    /// <summary>The noise schedule.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>Number of the null class.</summary>
    public long NullClass => Shape.Classes.Count;

    /// <summary>Takes over weights by name, by copy.</summary>
    /// <exception cref="DatasetException">One is missing or has another shape; the message names <paramref name="place"/>.</exception>
    internal void Load(IReadOnlyDictionary<string, Tensor> weights, string place)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in named_parameters())
        {
            if (!weights.TryGetValue(name, out var value) || !value.shape.SequenceEqual(parameter.shape))
            {
                throw new DatasetException($"{place}: has no weight '{name}' of shape [{string.Join(", ", parameter.shape)}]");
            }
            parameter.copy_(value);
        }
    }

    internal Tensor Positions() => spacing.Positions(unet.parameters().First().device);

    /// <summary>The null class for each of so many images, int64 [N].</summary>
    public Tensor Unlabelled(long images)
        => full(images, Number.Of(NullClass), dtype: ScalarType.Int64, device: unet.parameters().First().device);

    /// <summary>
    /// What the network predicts at images, times and classes, [N, C, H, W], and its range of variances (<see cref="LearnedVariance"/>)
    /// where it has one.
    /// </summary>
    public (Tensor Prediction, Tensor? Range) Outputs(Tensor x, Tensor t, Tensor y) => Outputs(x, t, y, null);

    /// <summary>The same in training, where the network is told of the images' moves: float32 [N, 6], null for none.</summary>
    internal (Tensor Prediction, Tensor? Range) Outputs(Tensor x, Tensor t, Tensor y, Tensor? told)
    {
        var output = unet.Forward(x, t, y, told);
        if (!Shape.Config.LearnedVariance)
        {
            return (output, null);
        }
        using (output)
        {
            var halves = output.chunk(2, 1);
            return (halves[0], halves[1]);
        }
    }

    /// <summary>What the network predicts at images, times and classes.</summary>
    public Tensor Output(Tensor x, Tensor t, Tensor y)
    {
        using var scope = NewDisposeScope();
        return Outputs(x, t, y).Prediction.MoveToOuterDisposeScope();
    }

    /// <summary>What the encoder hands to the decoder: <see cref="UNet.Features"/>.</summary>
    public IReadOnlyList<Tensor> Features(Tensor x, Tensor t, Tensor y) => unet.Features(x, t, y);

    /// <summary>The clean image that the output implies, and the range of variances.</summary>
    public (Tensor Clean, Tensor? Range) Clean(Tensor x, Tensor t, Tensor y)
    {
        using var scope = NewDisposeScope();
        var (prediction, range) = Outputs(x, t, y);
        return (Parameterization.Clean(Shape.Config.Prediction, Schedule, prediction, x, t).MoveToOuterDisposeScope(),
            range?.MoveToOuterDisposeScope());
    }

    /// <summary>The noise that the output implies.</summary>
    public Tensor Eps(Tensor x, Tensor t, Tensor y)
    {
        using var scope = NewDisposeScope();
        return Parameterization.Eps(Shape.Config.Prediction, Schedule, Output(x, t, y), x, t).MoveToOuterDisposeScope();
    }

    /// <summary>The denoiser for these classes (int64 [N]) under classifier-free guidance.</summary>
    public Denoise Denoiser(Tensor labels, double guidance)
        => Guidance.Guided(Eps, labels, NullClass, Shape.Classes.Count == 0 ? 1 : guidance);

    /// <summary>The same as clean image and range of variances.</summary>
    public ImpliedClean Implied(Tensor labels, double guidance)
        => Guidance.Guided(Clean, labels, NullClass, Shape.Classes.Count == 0 ? 1 : guidance);
}
