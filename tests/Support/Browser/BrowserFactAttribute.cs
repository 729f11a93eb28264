namespace Odm.Tests;

/// <summary>A test that wants a browser; skipped with a reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
        => Skip = Chromium.Executable is null ? "no chromium, chromium-browser or google-chrome on the path; ODM_CHROMIUM names none" : null;
}
