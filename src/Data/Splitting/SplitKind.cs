using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Data.Splitting;

/// <summary>What decides which images train, validate and test.</summary>
[JsonConverter(typeof(EnumWordConverter<SplitKind>))]
public enum SplitKind
{
    /// <summary>The split that the set came with.</summary>
    Official,

    /// <summary>Each class in the same shares.</summary>
    Stratified,

    /// <summary>The same as far as whole groups allow.</summary>
    Group,

    /// <summary>Published lists of file names.</summary>
    Lists,
}
