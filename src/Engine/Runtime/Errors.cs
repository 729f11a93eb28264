namespace Odm.Engine.Runtime;

/// <summary>
/// A mistake of the user's: one line on stderr, exit code 2. The message names the file or field, the value and what is allowed.
/// </summary>
public abstract class UserException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary><c> (and 3 more)</c> behind the first of several faults; empty where there is one.</summary>
    /// <param name="count">Faults of the kind, the first included.</param>
    public static string Others(int count) => count > 1 ? $" (and {count - 1} more)" : "";
}

/// <summary>A fault in a study file or on the command line.</summary>
public sealed class StudyException(string message, Exception? inner = null) : UserException(message, inner);

/// <summary>A fault in the user's data: a missing, truncated or contradictory file, label or row.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : UserException(message, inner);
