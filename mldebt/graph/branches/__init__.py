"""Branches that can never run, because what their conditions ask for has one value, and the work that they would do.

`stuck` has the names with one value, `conditions` what they decide, `dead` the code that is left over, `work` what that
would do with data and models, `environments` the keys of settings with one value everywhere,
`outside` whether somebody else may set a name after all, `flags` puts it together.
"""
