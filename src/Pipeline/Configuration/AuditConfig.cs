namespace Odm.Pipeline.Configuration;

/// <summary><c>audit</c>: what is looked for in generators and their images.</summary>
public sealed record AuditConfig
{
    /// <summary>Whether every synthetic set is searched for copies of training images.</summary>
    public bool Copies { get; init; } = true;

    /// <summary>Whether images found to be copies are taken out of the sets before the arms train on them.</summary>
    public bool Reject { get; init; }

    /// <summary>Whether every generator is asked if its loss tells training images from held-out ones.</summary>
    public bool Membership { get; init; } = true;

    /// <summary><c>true</c>: with the defaults; <c>false</c>: no audit.</summary>
    /// <exception cref="FormatException">Another word.</exception>
    public static AuditConfig Parse(string word) => word switch
    {
        "true" => new(),
        "false" => new() { Copies = false, Membership = false },
        _ => throw new FormatException($"'{word}'; must be one of true, false, or a mapping with copies, reject, membership"),
    };

    /// <summary>What does not fit together.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Reject && !Copies)
        {
            yield return $"{path}.reject: true; it needs {path}.copies: true";
        }
    }
}
