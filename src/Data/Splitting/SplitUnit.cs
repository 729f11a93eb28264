using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Data.Splitting;

/// <summary>What a split never tears apart.</summary>
[JsonConverter(typeof(EnumWordConverter<SplitUnit>))]
public enum SplitUnit
{
    /// <summary>Groups where the set has them, else images.</summary>
    Auto,

    /// <summary>A group: a patient or lesion.</summary>
    Group,

    /// <summary>A single image.</summary>
    Image,
}
