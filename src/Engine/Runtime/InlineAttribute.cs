namespace Odm.Engine.Runtime;

/// <summary>In a study file the fields of this property's record stand beside those of its owner, not below a key of their own.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InlineAttribute : Attribute;
