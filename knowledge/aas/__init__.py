"""Asset Administration Shells (IEC 63278): what an environment says, whichever metamodel or file it comes in."""
