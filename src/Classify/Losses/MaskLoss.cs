using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Losses;

/// <summary>What a segmenter minimises.</summary>
[JsonConverter(typeof(EnumWordConverter<MaskLoss>))]
public enum MaskLoss
{
    /// <summary>Dice of the whole batch, smoothed by 1.</summary>
    Dice,

    /// <summary>The sum of it and of binary cross entropy.</summary>
    DiceBce,
}
