namespace Odm.Data;

/// <summary>A mistake of the user's: one line on stderr, exit code 2. The message names the file or field, the value and what is allowed.</summary>
public abstract class UserException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A fault in a study file or on the command line.</summary>
public sealed class StudyException(string message, Exception? inner = null) : UserException(message, inner);

/// <summary>A fault in the user's data: a missing, truncated or contradictory file, label or row.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : UserException(message, inner);
