using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Networks;

/// <summary>Where a stage that halves the image does so.</summary>
internal enum ResNetVariant
{
    /// <summary>In the first 1x1 convolution: He et al. 2016, and the ImageNet weights.</summary>
    V1,

    /// <summary>In the 3x3 convolution, as torchvision and most later reports do.</summary>
    V15,
}

/// <summary>What comes before the first stage. The parameters are the same, only strides differ.</summary>
[JsonConverter(typeof(EnumWordConverter<Stem>))]
public enum Stem
{
    /// <summary>7x7 convolution of stride 2, then 3x3 maximum of stride 2 (He et al. 2016, table 1).</summary>
    Paper,

    /// <summary>The same convolution with stride 2 and no maximum: twice the resolution throughout, four times the work.</summary>
    Small,
}

/// <summary>Shape of a ResNet.</summary>
internal sealed record ResNetConfig
{
    /// <summary>18 (basic blocks) or 50 (bottlenecks).</summary>
    public int Depth { get; init; } = 50;

    /// <summary>Classes to tell apart; 0: none, an encoder alone.</summary>
    public required int Classes { get; init; }

    /// <summary>Image channels.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Where stages stride.</summary>
    public ResNetVariant Variant { get; init; } = ResNetVariant.V15;

    /// <summary>Before the first stage.</summary>
    public Stem Stem { get; init; } = Stem.Paper;

    /// <summary>Channels of the first stage; 64 is the paper's, less is for tests.</summary>
    public int Width { get; init; } = 64;

    /// <summary>0: one linear layer; else two new ones with this many units between, Xavier normal, as the IDRiD thesis does.</summary>
    public int Hidden { get; init; }

    /// <summary>The body stays as it is, its batch norms too; only the new layers train.</summary>
    public bool Frozen { get; init; }

    /// <summary>Number format of convolutions.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;
}
