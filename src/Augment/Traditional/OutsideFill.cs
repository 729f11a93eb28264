using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>What a transform shows where a pixel comes from outside the image.</summary>
[JsonConverter(typeof(EnumWordConverter<OutsideFill>))]
public enum OutsideFill
{
    /// <summary>Black; 0 in the mask.</summary>
    Zeros,

    /// <summary>The nearest pixel of the edge.</summary>
    Edge,
}
