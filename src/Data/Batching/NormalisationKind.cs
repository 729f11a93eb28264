using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Data.Batching;

/// <summary>Where mean and deviation of a <see cref="Normalisation"/> come from.</summary>
[JsonConverter(typeof(EnumWordConverter<NormalisationKind>))]
public enum NormalisationKind
{
    /// <summary>torchvision's constants.</summary>
    [JsonStringEnumMemberName("imagenet")]
    ImageNet,

    /// <summary>Mean and deviation of each channel of the training images.</summary>
    Dataset,

    /// <summary>One mean and deviation of all their values, as the IDRiD thesis describes it.</summary>
    [JsonStringEnumMemberName("zscore")]
    ZScore,

    /// <summary>None: [0, 1].</summary>
    Unit,

    /// <summary>[-1, 1].</summary>
    Symmetric,

    /// <summary>0 to 255, as some published code has it.</summary>
    Raw,
}
