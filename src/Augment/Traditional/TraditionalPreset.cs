using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>Transforms of a paper, by name.</summary>
[JsonConverter(typeof(EnumWordConverter<TraditionalPreset>))]
public enum TraditionalPreset
{
    /// <summary>Only what the other fields ask.</summary>
    None,

    /// <summary>The IDRiD thesis' flips and raised brightness, offline.</summary>
    Thesis,

    /// <summary>The IOIS classifier's crop, rotation and flip, online.</summary>
    Iois,

    /// <summary>What Saragih, Hibi and Tyrrell's segmentation does with albumentations, online.</summary>
    Polyp,
}
